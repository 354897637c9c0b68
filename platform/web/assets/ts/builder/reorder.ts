// Moving rows of a list: by dragging a grip with mouse or finger, by arrow keys on it.

import { all, on } from "../lib/dom";

const KEYS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

export function startReorder(list: string, row: string, grip: string): void {
  on("pointerdown", grip, (event, handle) => {
    const item = handle.closest<HTMLElement>(row);
    const host = item?.closest<HTMLElement>(list);
    if (item && host && event.button === 0) drag(event, item, host, row);
  });
  on("keydown", grip, (event, handle) => {
    const step = KEYS[event.key];
    const item = handle.closest<HTMLElement>(row);
    if (!step || !item) return;
    event.preventDefault();
    move(item, step);
    handle.focus();
  });
}

/** One place up (-1) or down (1). */
export function move(item: HTMLElement, step: number): void {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  item.dispatchEvent(new Event("change", { bubbles: true }));
}

function drag(start: PointerEvent, item: HTMLElement, host: HTMLElement, row: string): void {
  start.preventDefault();
  item.classList.add("is-dragged");
  const follow = (event: PointerEvent): void => {
    const before = all(row, host).find((each) => each !== item && event.clientY < middle(each));
    if (before === item.nextElementSibling && before) return;
    if (before) before.before(item);
    else if (item !== host.lastElementChild) host.append(item);
  };
  // on the document: a row that moves loses its pointer
  const dragging = new AbortController();
  const { signal } = dragging;
  const drop = (): void => {
    dragging.abort();
    item.classList.remove("is-dragged");
    item.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("pointermove", follow, { signal });
  for (const end of ["pointerup", "pointercancel"] as const) document.addEventListener(end, drop, { signal });
}

function middle(element: HTMLElement): number {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}
