// Moving through rows: j and k, x ticks, Enter opens, Escape lets go; a tap on a card opens it.

import { all, isPhone, on, one } from "./dom";
import { isTyping } from "./keys";
import { clear, tapTicks, toggle } from "./selection";

const INTERACTIVE = "a, button, input, select, textarea, label, summary, [popover]";

export function startCursor(): void {
  on("click", "tr[data-href]", (event, row) => {
    if ((event.target as Element).closest("[data-tick]")) return;
    if (tapTicks()) {
      event.preventDefault();
      return toggle(row);
    }
    if ((event.target as Element).closest(INTERACTIVE) || getSelection()?.toString()) return;
    if (!isPhone()) return; // a cell takes the focus
    location.assign(row.dataset.href ?? "");
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (one("dialog[open], [popover]:popover-open")) return;
    const move = MOVES[event.key];
    if (move && all("tr[data-href]").length) move(event);
  });
}

const MOVES: Record<string, (event: KeyboardEvent) => void> = {
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const row = current();
    if (row) toggle(row);
  },
  Enter: (event) => {
    if ((event.target as Element).closest(INTERACTIVE)) return;
    const url = current()?.dataset.href;
    if (url) location.assign(url);
  },
  e: () => {
    const url = current()?.dataset.href;
    if (url) location.assign(`${url}/edit`);
  },
  Escape: () => clear(),
};

function current(): HTMLElement | null {
  return one("tr.is-cursor");
}

function step(by: number): void {
  const rows = all("tr[data-href]");
  const at = rows.findIndex((row) => row.matches(".is-cursor"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  current()?.classList.remove("is-cursor");
  next?.classList.add("is-cursor");
  next?.scrollIntoView({ block: "nearest" });
  one("a.st-name", next)?.focus({ preventScroll: true });
}
