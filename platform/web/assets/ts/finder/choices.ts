// A combobox: the input keeps the focus, the arrows move through a list of grouped choices.

import { all, icon, make, one } from "../lib/dom";
import { tn } from "../lib/text";

export interface Item {
  label: string;
  url?: string;
  icon?: string;
  color?: string;
  sub?: string;
  /** Other words that find it. */
  keys?: string;
  shortcut?: string;
  run?: () => void;
}

export interface Group {
  label: string;
  items: Item[];
}

interface Settings {
  /** The first choice is chosen by Enter without moving to it. */
  first: boolean;
  chosen: () => void;
}

export class Choices {
  private items: Item[] = [];
  private at = -1;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
    private readonly said: HTMLElement,
    private readonly settings: Settings,
  ) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays
    list.addEventListener("click", (event) => this.clicked(event));
  }

  get count(): number {
    return this.items.length;
  }

  show(groups: Group[]): void {
    const kept = groups.filter((group) => group.items.length);
    this.items = kept.flatMap((group) => group.items);
    let index = 0;
    this.list.replaceChildren(...kept.map((group, number) => {
      const head = make("div", { class: "st-menu-h", id: `${this.list.id}-g${number}`, role: "presentation" }, group.label);
      const rows = group.items.map((item) => this.row(item, index++));
      return make("div", { role: "group", "aria-labelledby": head.id }, head, ...rows);
    }));
    this.list.hidden = !this.items.length;
    this.input.setAttribute("aria-expanded", String(this.items.length > 0));
    this.select(this.settings.first && this.items.length ? 0 : -1);
    this.said.textContent = tn("%(count)s choice", "%(count)s choices", this.items.length);
  }

  private row(item: Item, index: number): HTMLElement {
    const attributes: Record<string, string> = { class: "st-menu-i st-choice", role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" };
    if (item.url) Object.assign(attributes, { href: item.url, tabindex: "-1" });
    const row = make(item.url ? "a" : "div", attributes);
    const mark = make("span", { class: item.color ? `st-obj st-${item.color}` : "st-choice-i", "aria-hidden": "true" });
    mark.append(icon(item.icon ?? "arrow-right"));
    row.append(mark, make("span", { class: "st-grow st-clip" }, item.label));
    if (item.sub) row.append(make("span", { class: "st-muted st-xs st-clip st-choice-s" }, item.sub));
    for (const key of item.shortcut?.split(" ") ?? []) row.append(make("kbd", { class: "st-kbd", "aria-hidden": "true" }, key));
    return row;
  }

  /** True when the key was for the list. */
  key(event: KeyboardEvent): boolean {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step && this.items.length) {
      const from = this.at < 0 && step < 0 ? 0 : this.at;
      this.select((from + step + this.items.length) % this.items.length);
      return true;
    }
    if (event.key !== "Enter" || this.at < 0) return false;
    this.choose(this.at, event.ctrlKey || event.metaKey);
    return true;
  }

  private clicked(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    if (!row || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    this.choose(all("[role=option]", this.list).indexOf(row), false);
  }

  private choose(index: number, apart: boolean): void {
    const item = this.items[index];
    if (!item) return;
    if (item.url && apart) return void window.open(item.url, "_blank", "noopener");
    this.settings.chosen();
    if (item.run) item.run();
    else if (item.url) location.assign(item.url);
  }

  private select(index: number): void {
    this.at = index;
    for (const row of all("[role=option][aria-selected=true]", this.list)) row.setAttribute("aria-selected", "false");
    const row = one(`#${this.list.id}-${index}`, this.list);
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }
}
