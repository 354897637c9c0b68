// The bulk bar: how many rows are ticked, and "all that match" instead. The ticks belong to its
// form, so the buttons are plain submits (formaction) that htmx sends.

import { on, one } from "./dom";
import { t, tn } from "./text";

export function startBulk(): void {
  document.addEventListener("fs:ticked", (event) => show((event as CustomEvent<number>).detail));
  on("click", "[data-tick-matching]", (_, button) => matching(button));
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
  const words = t("All %(count)s selected", { count: button.dataset.tickMatching ?? "" });
  say(bar, words);
  everything(bar, "1");
  bar.dataset.confirm = t("This changes every record that matches. %(words)s. Go on?", { words });
}

function everything(bar: HTMLFormElement, value: string): void {
  const field = one<HTMLInputElement>('input[name="all"]', bar);
  if (field) field.value = value;
  delete bar.dataset.confirm;
  const button = one("[data-tick-matching]", bar);
  if (button) button.hidden = value !== "";
}

function say(bar: HTMLElement, text: string): void {
  const words = one("[data-ticked]", bar);
  if (words) words.textContent = text;
}
