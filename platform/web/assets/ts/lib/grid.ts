// The cells of the list as one stop of the Tab key: arrows move among them. What holds back a cell
// that cannot be edited is said when it has the focus.

import { all, make, on, one } from "./dom";
import { isTyping } from "./keys";

export const CELL = "td[data-cell]";
const BODY = ".st-tablewrap tbody";
const LINKS = `${BODY} :is(a, [data-tick])`;

export function startGrid(): void {
  rove();
  document.addEventListener("htmx:after:swap", rove);
  on("focusin", `${BODY} td`, (_, cell) => entered(cell as HTMLTableCellElement));
  on("focusout", `${BODY} td`, hush);
  on("keydown", `${BODY} td`, (event, cell) => moved(event, cell as HTMLTableCellElement));
}

/** Only one cell is reached by Tab: the last one that had the focus, else the first. */
function rove(): void {
  for (const link of all(LINKS)) link.tabIndex = -1;
  if (!one(`${BODY} ${CELL}[tabindex="0"]`)) one(`${BODY} ${CELL}`)?.setAttribute("tabindex", "0");
}

export function focusCell(cell: HTMLElement): void {
  (one("[data-tick]", cell) ?? cell).focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function entered(cell: HTMLTableCellElement): void {
  if (cell.matches(CELL)) {
    for (const other of all(`${BODY} ${CELL}[tabindex="0"]`)) other.tabIndex = -1;
    cell.tabIndex = 0;
  }
  if (!cell.closest("tr")?.matches(".is-cursor")) {
    one("tr.is-cursor")?.classList.remove("is-cursor");
    cell.closest("tr")?.classList.add("is-cursor");
  }
  hush();
  if (cell.ariaReadOnly === "true") explain(cell);
}

const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

function moved(event: KeyboardEvent, cell: HTMLTableCellElement): void {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.metaKey || event.shiftKey || isTyping(event.target)) return;
  const target = neighbour(cell, step[0], event.ctrlKey && !step[1] ? step[0] : step[1]);
  if (!target) return;
  event.preventDefault();
  focusCell(target);
}

/** The cell that lies so far away; at an edge the last one before it. */
export function neighbour(cell: HTMLTableCellElement, right: number, down: number): HTMLTableCellElement | null {
  const rows = all<HTMLTableRowElement>(`${BODY} tr[data-card]`);
  const row = cell.closest("tr");
  const line = rows[within(rows.length, row ? rows.indexOf(row) + down : 0)];
  return line?.cells[within(line.cells.length, cell.cellIndex + right)] ?? null;
}

function within(length: number, at: number): number {
  return Math.max(0, Math.min(length - 1, at));
}

/** Why this cell cannot be edited, below it. */
function explain(cell: HTMLElement): void {
  const reason = document.getElementById(cell.getAttribute("aria-describedby") ?? "")?.textContent;
  if (!reason) return;
  const tip = document.body.appendChild(make("div", { id: "cell-why", class: "st-cellwhy", popover: "manual", "aria-hidden": "true" }, reason));
  tip.showPopover();
  const { left, bottom } = cell.getBoundingClientRect();
  tip.style.left = `${Math.min(left, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(bottom + 4, innerHeight - tip.offsetHeight - 8)}px`;
}

function hush(): void {
  one("#cell-why")?.remove();
}
