// The calendar of a list: an entry is put on another day by dragging, or with Shift and the arrow
// keys. The server answers with the calendar as it is then.

import htmx from "htmx.org";
import Sortable from "sortablejs";
import { all, isPhone, on, one } from "./dom";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const DAY_MS = 86_400_000;
let started = false;
let dragged = false;
let busy = false;

export function startMonth(): void {
  if (!started) listen();
  started = true;
  if (isPhone()) return;
  one("[data-calendar]")?.setAttribute("data-ready", "");
  for (const entries of all("[data-calendar] [data-entries]")) {
    if (Sortable.get(entries)) continue;
    Sortable.create(entries, {
      group: { name: entries.matches(".st-timed") ? "timed" : "whole" },
      sort: false,
      draggable: "[data-move]",
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      animation: 0,
      ghostClass: "is-slot",
      fallbackClass: "is-drag",
      onStart: () => {
        dragged = true;
        document.body.classList.add("is-moving");
      },
      onEnd: (event) => {
        setTimeout(() => (dragged = false));
        document.body.classList.remove("is-moving");
        const to = event.to.closest<HTMLElement>("[data-day]")?.dataset.day;
        if (event.from === event.to || !to) return;
        if (busy) event.from.append(event.item);
        else void send(event.item, to);
      },
    });
  }
}

function listen(): void {
  document.addEventListener("click", (event) => {
    if (!dragged || !(event.target instanceof Element) || !event.target.closest("[data-entry]")) return;
    event.preventDefault(); // It was dragged, not clicked.
    event.stopPropagation();
  }, { capture: true });
  on("keydown", "[data-entry]", (event, entry) => {
    const step = event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey ? STEPS[event.key] : undefined;
    const day = entry.closest<HTMLElement>("[data-day]")?.dataset.day;
    if (!step || !day) return;
    event.preventDefault();
    if (busy) return;
    void send(entry, new Date(Date.parse(day) + step * DAY_MS).toISOString().slice(0, 10));
  });
  on("click", "[data-calendar] [data-dismiss]", (_, button) => button.closest(".st-note")?.remove());
}

async function send(entry: HTMLElement, to: string): Promise<void> {
  const id = entry.dataset.entry ?? "";
  const was = document.activeElement === entry;
  busy = true;
  one("#calendar")?.setAttribute("aria-busy", "true");
  await htmx.ajax("POST", entry.dataset.move ?? "", { source: "#calendar", target: "#calendar", swap: "none", values: { to } } as never).catch(() => undefined);
  busy = false;
  one("#calendar")?.removeAttribute("aria-busy");
  if (was) one(`[data-entry="${CSS.escape(id)}"]`)?.focus();
}
