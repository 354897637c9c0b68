// The command palette: go anywhere, make anything, find records, change how the page looks.

import { adopt, icon, make } from "../lib/dom";
import { t } from "../lib/text";
import { Choices, type Group } from "./choices";
import css from "./finder.css";
import { allResults, commands, matching, places, reason, Records } from "./sources";

let palette: Palette | undefined;

export function openPalette(): void {
  palette ??= new Palette();
  palette.open();
}

class Palette {
  private readonly input = make("input", { type: "text", class: "st-palette-q", id: "palette-q", autocomplete: "off", spellcheck: "false",
    "aria-label": t("Search or run a command"), placeholder: t("Search or run a command") });
  private readonly list = make("div", { role: "listbox", id: "palette-list", "aria-label": t("Choices") });
  private readonly note = make("p", { class: "st-finder-note", role: "status", hidden: "" });
  private readonly said = make("span", { class: "st-hide", "aria-live": "polite" });
  private readonly dialog: HTMLDialogElement;
  private readonly choices: Choices;
  private readonly records = new Records();
  private offered: Group[] = [];
  private found: Group[] = [];

  constructor() {
    adopt(css);
    const close = make("button", { type: "button", class: "st-x st-only-phone", "data-close-dialog": "", "aria-label": t("Close") }, icon("x", "sm"));
    const top = make("div", { class: "st-palette-top" }, icon("search"), this.input, make("kbd", { class: "st-kbd st-no-phone", "aria-hidden": "true" }, "Esc"), close);
    const keys = make("p", { class: "st-palette-keys st-no-phone", "aria-hidden": "true" },
      make("kbd", { class: "st-kbd" }, "↑"), make("kbd", { class: "st-kbd" }, "↓"), t("choose"), make("kbd", { class: "st-kbd" }, "Enter"), t("open"),
      make("kbd", { class: "st-kbd" }, "Ctrl Enter"), t("in a new tab"));
    this.dialog = make("dialog", { class: "st-palette", id: "palette", "aria-label": t("Command palette") },
      top, make("div", { class: "st-palette-list" }, this.list, this.note), keys, this.said);
    document.body.append(this.dialog);
    this.choices = new Choices(this.input, this.list, this.said, { first: true, chosen: () => this.dialog.close() });
    for (const type of ["input", "compositionend"] as const) {
      this.input.addEventListener(type, (event) => (event as InputEvent).isComposing || this.update());
    }
    this.dialog.addEventListener("keydown", (event) => {
      if (!event.isComposing && this.choices.key(event)) event.preventDefault();
    });
    this.dialog.addEventListener("close", () => this.records.stop());
  }

  open(): void {
    if (this.dialog.open) return this.dialog.close();
    this.input.value = "";
    this.found = [];
    const here = commands(); // before the dialog covers the page
    this.offered = here;
    this.dialog.showModal();
    this.input.focus();
    this.update();
    places().then((offered) => {
      const [page, ...looks] = here;
      this.offered = [...(page ? [page] : []), ...offered, ...looks];
      this.draw();
    }, (error: unknown) => this.say(reason(error)));
  }

  private update(): void {
    const text = this.input.value.trim();
    this.records.stop();
    this.found = [];
    this.say("");
    this.draw();
    this.records.ask(text, (groups) => {
      this.found = groups;
      this.draw();
    }, (words) => this.say(words));
  }

  private draw(): void {
    const text = this.input.value.trim();
    if (!text) return this.choices.show(this.offered);
    this.choices.show([...matching(this.offered, text), ...this.found, allResults(text)]);
  }

  private say(words: string): void {
    this.note.textContent = words;
    this.note.hidden = !words;
  }
}
