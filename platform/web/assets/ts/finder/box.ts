// The search box of the top bar: what is found opens below it while one types.

import { adopt, make } from "../lib/dom";
import { t } from "../lib/text";
import { Choices } from "./choices";
import css from "./finder.css";
import { allResults, matching, places, Records } from "./sources";

const dressed = new WeakSet<HTMLInputElement>();

export function dress(input: HTMLInputElement): void {
  if (dressed.has(input)) return;
  dressed.add(input);
  adopt(css);
  new Box(input);
}

class Box {
  private readonly list = make("div", { role: "listbox", id: "finder-list", "aria-label": t("Found") });
  private readonly note = make("p", { class: "st-finder-note", hidden: "" });
  private readonly said = make("span", { class: "st-hide", "aria-live": "polite" });
  private readonly panel = make("div", { class: "st-finder-panel", popover: "manual" }, this.list, this.note);
  private readonly records = new Records();
  private readonly choices: Choices;

  constructor(private readonly input: HTMLInputElement) {
    input.after(this.panel, this.said);
    this.choices = new Choices(input, this.list, this.said, { first: false, chosen: () => this.close() });
    for (const type of ["input", "compositionend"] as const) {
      input.addEventListener(type, (event) => (event as InputEvent).isComposing || this.update());
    }
    input.addEventListener("focus", () => this.update());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    this.update();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (this.panel.matches(":popover-open")) return this.close();
      this.input.value = "";
      return this.input.blur();
    }
    if (event.key === "ArrowDown" && !this.panel.matches(":popover-open")) this.update();
    if (this.choices.key(event)) event.preventDefault();
  }

  private update(): void {
    const text = this.input.value.trim();
    this.records.stop();
    if (!text) return void this.kept();
    this.records.ask(text, (groups) => {
      void places().catch(() => []).then((offered) => {
        if (this.input.value.trim() !== text) return;
        const modules = matching(offered, text).map((group) => ({ ...group, items: group.items.slice(0, 2) })).slice(-3);
        this.open();
        this.choices.show([...groups, ...modules, allResults(text)]);
        this.say(groups.length ? "" : t("No record found."));
      });
    }, (words) => {
      this.open();
      this.choices.show([allResults(text)]);
      this.say(words);
    });
  }

  /** Before anything is typed: favourites and what was opened last. */
  private async kept(): Promise<void> {
    const offered = await places().catch(() => []);
    if (this.input.value.trim() || document.activeElement !== this.input) return;
    const groups = offered.slice(0, 2).filter((group) => group.items.some((item) => item.sub));
    this.choices.show(groups.map((group) => ({ ...group, items: group.items.slice(0, 5) })));
    this.say("");
    if (this.choices.count) this.open();
    else this.close();
  }

  private say(words: string): void {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  private open(): void {
    if (document.activeElement !== this.input) return;
    const place = (this.input.closest("form") ?? this.input).getBoundingClientRect();
    const width = Math.max(place.width, Math.min(460, innerWidth - 24));
    this.panel.style.left = `${Math.max(8, place.right - width)}px`;
    this.panel.style.top = `${place.bottom + 4}px`;
    this.panel.style.width = `${width}px`;
    if (!this.panel.matches(":popover-open")) this.panel.showPopover();
  }

  private close(): void {
    this.records.stop();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.panel.matches(":popover-open")) this.panel.hidePopover();
  }
}
