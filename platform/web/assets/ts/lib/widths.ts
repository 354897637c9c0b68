// Widths of columns: drag the edge of a head, arrows on it, or a double click (Enter) to fit. The
// last column takes what the others leave, so that one edge moves one column only.

import { all, on } from "./dom";
import { post } from "./http";

const NARROWEST = 48;
const WIDEST = 1200;
const STEP = 16;
let waiting = 0;

export function startWidths(): void {
  on("pointerdown", "[data-resize]", (event, edge) => start(event, edge));
  on("dblclick", "[data-resize]", (_, edge) => change(edge, fitting(edge)));
  on("click", "[data-resize]", (event) => event.preventDefault());
  on("keydown", "[data-resize]", (event, edge) => {
    const steps: Record<string, number> = { ArrowLeft: -STEP, ArrowRight: STEP };
    const step = steps[event.key];
    if (step) change(edge, head(edge).offsetWidth + step);
    else if (event.key === "Enter") change(edge, fitting(edge));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function start(event: PointerEvent, edge: HTMLElement): void {
  if (event.button !== 0) return;
  event.preventDefault();
  edge.setPointerCapture(event.pointerId);
  const from = event.clientX;
  const width = head(edge).offsetWidth;
  let moved = false;
  const follow = (next: PointerEvent): void => {
    moved = true;
    set(edge, width + next.clientX - from);
  };
  edge.classList.add("is-held");
  edge.addEventListener("pointermove", follow);
  edge.addEventListener("lostpointercapture", () => {
    edge.removeEventListener("pointermove", follow);
    edge.classList.remove("is-held");
    if (moved) keep(edge);
  }, { once: true });
}

function head(edge: HTMLElement): HTMLElement {
  return edge.closest("th") as HTMLElement;
}

function change(edge: HTMLElement, width: number): void {
  set(edge, width);
  keep(edge);
}

function set(edge: HTMLElement, wanted: number): void {
  const table = edge.closest<HTMLElement>("table");
  const width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted)));
  if (!table) return;
  const heads = all("thead th", table);
  const columns = all("colgroup col", table);
  const at = heads.indexOf(head(edge));
  const widths = heads.map((each) => each.offsetWidth);
  const last = columns.length - 1;
  if (at === last) widths[at] = width;
  columns.forEach((column, index) => {
    if (index === last) column.style.removeProperty("--w");
    else column.style.setProperty("--w", `${index === at ? width : widths[index]}px`);
  });
  if (at !== last) widths[at] = width;
  const least = at === last ? width : Math.min(widths[last] ?? 0, 160);
  const sum = widths.slice(0, -1).reduce((all_, each) => all_ + each, least);
  table.style.setProperty("--min", `${sum}px`);
  edge.setAttribute("aria-valuenow", String(width));
}

function fitting(edge: HTMLElement): number {
  const table = edge.closest("table");
  const at = all("thead th", table ?? document).indexOf(head(edge));
  let widest = NARROWEST;
  for (const row of table?.rows ?? []) {
    const cell = row.cells[at];
    if (!cell || row.closest("tfoot") || row.classList.contains("st-fill")) continue;
    const range = document.createRange();
    range.selectNodeContents(cell);
    const style = getComputedStyle(cell);
    const inner = [...cell.querySelectorAll<HTMLElement>(".st-clip, .st-name")].map((each) => each.scrollWidth);
    const text = Math.max(range.getBoundingClientRect().width, ...inner);
    widest = Math.max(widest, text + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) + 4);
  }
  return Math.min(widest, 600);
}

function keep(edge: HTMLElement): void {
  const table = edge.closest<HTMLElement>("table");
  const url = table?.dataset.widths;
  if (!table || !url) return;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    const body = new URLSearchParams();
    for (const each of all("[data-resize]", table)) body.append("w", `${each.dataset.resize}:${head(each).offsetWidth}`);
    void post(url, body);
  }, 300);
}
