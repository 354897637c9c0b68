// The field picker of a drawer: one popover for all its [data-pick] buttons. What is chosen is
// written into the input that the button names, which then says that it changed; a button without
// a name gets the event fs:picked instead.

import { all, on, one } from "./dom";
import { place } from "./popovers";
import { sift } from "./sift";

let asking: HTMLElement | null = null;

export interface Picked {
  path: string;
  label: string;
}

export function startPicker(): void {
  on("click", "[data-pick]", (_, button) => open(button));
  on("click", ".st-picker [data-path]", (_, item) => pick(item));
  on("input", ".st-picker [data-sift]", (_, input) => {
    const panel = input.closest<HTMLElement>(".st-picker");
    if (panel) unfold(panel, (input as HTMLInputElement).value.trim() !== "");
  });
  on("keydown", ".st-picker", (event, panel) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const items = all("[data-path]", panel).filter((item) => item.offsetParent !== null);
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
    event.preventDefault();
  });
}

function open(button: HTMLElement): void {
  const panel = one(".st-picker", button.closest("dialog") ?? document);
  if (!panel) return;
  asking = button;
  const search = one<HTMLInputElement>("[data-sift]", panel);
  if (search) {
    search.value = "";
    sift(search);
  }
  unfold(panel, false);
  panel.showPopover();
  place(panel, button);
  search?.focus();
}

function unfold(panel: HTMLElement, everything: boolean): void {
  all<HTMLDetailsElement>("details", panel).forEach((each, index) => (each.open = everything || index === 0));
}

function pick(item: HTMLElement): void {
  item.closest<HTMLElement>(".st-picker")?.hidePopover();
  const path = item.dataset.path ?? "";
  const name = asking?.dataset.pick ?? "";
  const input = name ? one<HTMLInputElement>(`input[name="${CSS.escape(name)}"]`) : null;
  if (input) {
    input.value = path;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    const detail: Picked = { path, label: item.dataset.label ?? path };
    asking?.dispatchEvent(new CustomEvent("fs:picked", { bubbles: true, detail }));
  }
}
