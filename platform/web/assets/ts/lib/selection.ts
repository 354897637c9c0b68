// Ticked rows of a list: one, a range with Shift, all, by long press on a phone.

import { all, isPhone, on, one } from "./dom";

const LONG_PRESS_MS = 500;
let last: HTMLInputElement | null = null;
let press = 0;
let held = false;

export function startSelection(): void {
  on("change", "[data-tick]", (_, box) => {
    mark(box as HTMLInputElement);
    changed();
  });
  on("click", "[data-tick]", (event, element) => {
    const box = element as HTMLInputElement;
    if (event.shiftKey && last?.isConnected) range(last, box);
    last = box;
  });
  on("change", "[data-tick-all]", (_, element) => {
    for (const box of boxes()) set(box, (element as HTMLInputElement).checked);
    changed();
  });
  on("click", "[data-untick]", clear);
  on("pointerdown", "tr[data-card]", (event, row) => {
    if (event.pointerType !== "touch" || !isPhone()) return;
    held = false;
    press = window.setTimeout(() => {
      held = true;
      toggle(row);
    }, LONG_PRESS_MS);
  });
  for (const type of ["pointerup", "pointercancel", "pointermove"] as const) {
    document.addEventListener(type, () => clearTimeout(press));
  }
  document.addEventListener("htmx:after:swap", () => {
    for (const box of boxes()) mark(box);
    changed();
  });
}

/** After a long press, or while rows are ticked on a phone, a tap ticks instead of opening. */
export function tapTicks(): boolean {
  if (held) {
    held = false;
    return true;
  }
  return isPhone() && ticked().length > 0;
}

export function boxes(): HTMLInputElement[] {
  return all<HTMLInputElement>("[data-tick]");
}

export function ticked(): HTMLInputElement[] {
  return boxes().filter((box) => box.checked);
}

export function toggle(row: HTMLElement): void {
  const box = one<HTMLInputElement>("[data-tick]", row);
  if (!box) return;
  set(box, !box.checked);
  changed();
}

export function clear(): void {
  for (const box of boxes()) set(box, false);
  changed();
}

function range(from: HTMLInputElement, to: HTMLInputElement): void {
  const list = boxes();
  const [start, end] = [list.indexOf(from), list.indexOf(to)].sort((a, b) => a - b);
  for (const box of list.slice(start, (end ?? 0) + 1)) set(box, to.checked);
  changed();
}

function set(box: HTMLInputElement, checked: boolean): void {
  box.checked = checked;
  mark(box);
}

function mark(box: HTMLInputElement): void {
  const row = box.closest("tr");
  row?.classList.toggle("is-selected", box.checked);
  row?.setAttribute("aria-selected", String(box.checked));
}

function changed(): void {
  const every = one<HTMLInputElement>("[data-tick-all]");
  const count = ticked().length;
  if (every) {
    every.checked = count > 0 && count === boxes().length;
    every.indeterminate = count > 0 && !every.checked;
  }
  document.dispatchEvent(new CustomEvent("fs:ticked", { detail: count }));
}
