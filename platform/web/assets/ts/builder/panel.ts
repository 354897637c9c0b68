// The field beside the table: which row is open, Esc closes, Back shows what was open before.

import { all, on, one } from "../lib/dom";
import { isTyping } from "../lib/keys";
import { isClean } from "./guard";

export function startPanel(): void {
  on("click", "[data-row]", (_, link) => {
    for (const row of all("tr.is-selected")) row.classList.remove("is-selected");
    link.closest("tr")?.classList.add("is-selected");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || isTyping(event.target)) return;
    if (document.querySelector("dialog[open], [popover]:popover-open") || !isClean()) return;
    one<HTMLAnchorElement>("#panel a[data-discard]")?.click();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const panel = one("#panel");
    if (panel && event.target === panel) (one("input[type=search]", panel) ?? panel).focus({ preventScroll: true });
  });
  for (const form of all<HTMLFormElement>("form[data-submit-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}
