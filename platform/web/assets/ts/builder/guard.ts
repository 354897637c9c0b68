// Leaving a form of setup with something typed asks first, whether the page changes or a panel.

import { confirm } from "../lib/dialogs";
import { on, one } from "../lib/dom";
import { t } from "../lib/text";

let dirty = false;

export function isClean(): boolean {
  return !dirty;
}

export function startGuard(): void {
  dirty = one("form[data-guard] [data-summary]") !== null;
  for (const type of ["input", "change"] as const) {
    on(type, "form[data-guard]", () => (dirty = true));
  }
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty = false;
  });
  on("click", "[data-discard]", () => (dirty = false), { capture: true });
  on("click", "a[href]", ask, { capture: true });
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

/** Links, also those that only change the panel, wait for the answer. */
function ask(event: MouseEvent, link: HTMLElement): void {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const href = link.getAttribute("href") ?? "";
  if (!dirty || !plain || href.startsWith("#") || link.getAttribute("target") || link.matches("[data-discard]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void confirm(t("Leave without saving what you typed?")).then((yes) => {
    if (!yes) return;
    dirty = false;
    link.click();
  });
}
