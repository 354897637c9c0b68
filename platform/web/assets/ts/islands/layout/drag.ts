// Dragging with the pointer: an item follows into the gap that lies nearest.

import { change, drop, layout, lifted, moved, picked, placeOf, without, type Place } from "./state";

const FAR_ENOUGH = 5;

export function startDrag(event: PointerEvent, name: string): void {
  if (event.button !== 0 || event.pointerType === "touch") return;
  const from = { x: event.clientX, y: event.clientY };
  let dragging = false;

  function move(now: PointerEvent): void {
    if (!dragging && Math.hypot(now.clientX - from.x, now.clientY - from.y) < FAR_ENOUGH) return;
    dragging = true;
    lifted.value = name;
    drop.value = placeAt(now.clientX, now.clientY, name);
    now.preventDefault();
  }

  function end(now: PointerEvent): void {
    stop();
    if (!dragging) return;
    const to = drop.value;
    const back = document.elementFromPoint(now.clientX, now.clientY)?.closest("[data-palette]");
    if (to) change(moved(layout.value, name, to));
    else if (back) change(without(layout.value, name));
    picked.value = placeOf(layout.value, name) ? { kind: "field", name } : { kind: "layout" };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
  }

  function stop(): void {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", stop);
    removeEventListener("keydown", cancel);
    queueMicrotask(() => {
      lifted.value = "";
      drop.value = null;
    });
  }

  function cancel(key: KeyboardEvent): void {
    if (key.key !== "Escape") return;
    dragging = false;
    stop();
  }

  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", stop);
  addEventListener("keydown", cancel);
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

/** Before or after the item below the pointer; at the end of a section's empty part. */
function placeAt(x: number, y: number, name: string): Place | null {
  const below = document.elementFromPoint(x, y);
  const section = below?.closest<HTMLElement>("[data-section]")?.dataset["section"];
  if (!section) return null;
  const fields = (layout.value.sections.find((each) => each.name === section)?.fields ?? []).filter((each) => each.name !== name);
  const item = below?.closest<HTMLElement>("[data-item]");
  const over = item?.dataset["item"] ?? "";
  const index = fields.findIndex((each) => each.name === over);
  if (!item || index < 0) return over === name ? placeOf(layout.value, name) : { section, index: fields.length };
  const box = item.getBoundingClientRect();
  const twoColumns = box.width < (item.parentElement?.clientWidth ?? 0) * 0.7;
  const after = twoColumns ? x > box.left + box.width / 2 : y > box.top + box.height / 2;
  return { section, index: index + (after ? 1 : 0) };
}
