// The field picker: one popover for all [data-pick="name"] buttons. What is chosen is written into
// the input of that name, which then says that it changed.

import { all, on, one } from "./dom";
import { place } from "./popovers";
import { sift } from "./sift";

let target = "";

export function startPicker(): void {
  on("click", "[data-pick]", (_, button) => open(button));
  on("click", "#field-picker [data-path]", (_, item) => pick(item.dataset.path ?? ""));
  on("input", "#field-picker [data-sift]", (_, input) => unfold((input as HTMLInputElement).value.trim() !== ""));
  on("keydown", "#field-picker", (event, panel) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const items = all("[data-path]", panel).filter((item) => item.offsetParent !== null);
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
    event.preventDefault();
  });
}

function open(button: HTMLElement): void {
  const panel = one("#field-picker");
  if (!panel) return;
  target = button.dataset.pick ?? "";
  const search = one<HTMLInputElement>("[data-sift]", panel);
  if (search) {
    search.value = "";
    sift(search);
    unfold(false);
  }
  panel.showPopover();
  place(panel, button);
  search?.focus();
}

function unfold(open: boolean): void {
  all<HTMLDetailsElement>("#field-picker details").forEach((each, index) => (each.open = open || index === 0));
}

function pick(path: string): void {
  one("#field-picker")?.hidePopover();
  const input = one<HTMLInputElement>(`input[name="${CSS.escape(target)}"]`);
  if (!input) return;
  input.value = path;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
