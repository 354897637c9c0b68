// Leaving a form with unsaved changes asks first; saving and cancelling do not.

import { on } from "./dom";

let dirty = false;

export function startLeaveWarning(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-save]");
  if (!form) return;
  dirty = document.querySelector("[data-summary]") !== null;
  for (const type of ["input", "change"] as const) form.addEventListener(type, () => (dirty = true));
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty = false;
  });
  on("click", "[data-discard]", () => (dirty = false));
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}
