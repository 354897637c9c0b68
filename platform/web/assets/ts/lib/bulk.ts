// The bulk bar: how many rows are ticked, and "all that match" instead. The ticks belong to its
// form, so the buttons are plain submits (formaction) that htmx sends; a dialog answers.

import { on, one } from "./dom";
import { t, tn } from "./text";

export function startBulk(): void {
  document.addEventListener("fs:ticked", (event) => show((event as CustomEvent<number>).detail));
  on("click", "[data-tick-matching]", (_, button) => matching(button));
  document.addEventListener("htmx:after:swap", () => {
    const dialog = one<HTMLDialogElement>("#bulk-dialog:not([open])");
    if (dialog?.childElementCount) dialog.showModal();
    one(".st-trial", dialog ?? document)?.focus();
  });
  document.addEventListener("close", (event) => {
    if ((event.target as Element).id === "bulk-dialog") (event.target as Element).replaceChildren();
  }, { capture: true });
}

function show(count: number): void {
  const bar = one<HTMLFormElement>("form.st-bulk");
  if (!bar) return;
  bar.hidden = count === 0;
  everything(bar, "");
  say(bar, tn("%(count)s selected", "%(count)s selected", count));
}

function matching(button: HTMLElement): void {
  const bar = button.closest<HTMLFormElement>("form.st-bulk");
  if (!bar) return;
  say(bar, t("All %(count)s selected", { count: button.dataset.tickMatching ?? "" }));
  everything(bar, "1");
}

function everything(bar: HTMLFormElement, value: string): void {
  const field = one<HTMLInputElement>('input[name="all"]', bar);
  if (field) field.value = value;
  const button = one("[data-tick-matching]", bar);
  if (button) button.hidden = value !== "";
}

function say(bar: HTMLElement, text: string): void {
  const words = one("[data-ticked]", bar);
  if (words) words.textContent = text;
}
