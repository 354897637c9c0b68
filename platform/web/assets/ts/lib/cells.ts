// A cell of the list edited where it stands: Enter or a double click opens the editor over it, so
// that nothing moves. Enter saves and goes down, Tab saves and edits the next, Esc lets go.

import htmx from "htmx.org";
import { all, isPhone, make, on, one } from "./dom";
import { CELL, focusCell, neighbour } from "./grid";

interface Place {
  row: string;
  field: string;
}

/** What goes on when the value is saved. */
type Then = () => void;

const NATIVE = "textarea, trix-editor, trix-toolbar, button, [contenteditable]";
const CONTROLS = 'input:not([type=hidden]), select, textarea, trix-editor, button';
const DROPDOWN = 280;
let place: Place | null = null;
let before = "";
let then: Then = stay;
let last: Place | null = null;

export function startCells(): void {
  on("dblclick", CELL, (event, cell) => {
    if (!isPhone() && !(event.target as Element).closest("a")) edit(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!(cell instanceof HTMLElement) || !cell.matches(CELL) || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.ctrlKey) one("a", cell)?.click();
    else if ((event.key !== "Enter" && event.key !== "F2") || event.ctrlKey) return;
    else if (cell.ariaReadOnly === "true") one("a", cell)?.click();
    else edit(cell);
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    const inside = (event.target as Element).closest("#cell-editor, #cell-why, dialog, .st-toast");
    if (place && !inside) commit(() => undefined);
  });
  addEventListener("resize", arrange);
  document.addEventListener("scroll", arrange, { capture: true, passive: true });
  takeUp();
}

function editor(): HTMLElement {
  return one("#cell-editor") ?? made();
}

function made(): HTMLElement {
  const panel = document.body.appendChild(make("div", { id: "cell-editor", class: "st-celleditor", popover: "manual", tabindex: "-1" }));
  panel.addEventListener("keydown", pressed);
  panel.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response?.status === 401) putAside();
  });
  panel.addEventListener("htmx:after:swap", (event) => {
    const { request, response } = event.detail.ctx;
    if (request.method === "POST" && response?.status === 200) done();
    else void show();
  });
  return panel;
}

function cellOf({ row, field }: Place): HTMLTableCellElement | null {
  return one(`#${CSS.escape(row)} [data-cell="${CSS.escape(field)}"]`);
}

function edit(cell: HTMLElement): void {
  if (cell.ariaReadOnly === "true") return focusCell(cell);
  if (place) return commit(() => edit(cell));
  const row = cell.closest("tr");
  const query = one("table[data-query]")?.dataset.query ?? "";
  place = { row: row?.id ?? "", field: cell.dataset.cell ?? "" };
  then = stay;
  editor().replaceChildren();
  const url = `${row?.dataset.href ?? ""}/cell/${place.field}?${query}`;
  void htmx.ajax("GET", url, { source: editor(), target: editor(), swap: "innerHTML" }).then(() => {
    if (!editor().childElementCount) place = null; // refused; a toast says why
  });
}

/** The editor as the server sent it: to be filled in, with what is wrong, or why there is none. */
async function show(): Promise<void> {
  const panel = editor();
  if (!place) return;
  if (!panel.matches(":popover-open")) panel.showPopover();
  arrange();
  const form = one<HTMLFormElement>("form", panel);
  if (!form) return panel.focus(); // so that Esc closes it
  for (const each of all("*", form)) {
    if (each.localName.startsWith("fs-")) await customElements.whenDefined(each.localName);
  }
  const control = controls()[0];
  control?.focus({ preventScroll: true });
  if (control instanceof HTMLInputElement && control.type === "text") control.select();
  if (!one(".st-celltip", form)) before = values(form);
  arrange();
}

function controls(): HTMLElement[] {
  return all(CONTROLS, editor()).filter((each) => each.tabIndex >= 0 && each.offsetParent !== null);
}

function values(form: HTMLFormElement): string {
  return new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();
}

/** Over its cell, and inside the window. */
function arrange(): void {
  const cell = place && cellOf(place);
  const panel = one("#cell-editor:popover-open");
  if (!cell || !panel) return;
  const { left, top, width, height } = cell.getBoundingClientRect();
  panel.style.setProperty("--cell-w", `${width}px`);
  panel.style.setProperty("--cell-h", `${height}px`);
  panel.classList.toggle("st-num", cell.matches(".st-num"));
  panel.classList.toggle("is-low", top + height + DROPDOWN > innerHeight);
  panel.style.left = `${Math.max(8, Math.min(left, innerWidth - panel.offsetWidth - 8))}px`;
  panel.style.top = `${Math.max(8, Math.min(top, innerHeight - panel.offsetHeight - 8))}px`;
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const target = event.target as HTMLElement;
  if (event.key === "Escape") cancel();
  else if (event.key === "Enter" && !event.ctrlKey && !target.closest(NATIVE)) commit(() => step(0, 1));
  else if (event.key === "Tab" && leaves(target, event.shiftKey)) commit(() => next(event.shiftKey ? -1 : 1));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether Tab goes out of an editor of several controls, such as an address. */
function leaves(target: HTMLElement, back: boolean): boolean {
  const found = controls();
  return found.indexOf(target) === (back ? 0 : found.length - 1) || !found.includes(target);
}

function commit(after: Then): void {
  const form = one<HTMLFormElement>("form", editor());
  then = after;
  if (!form) return void (one("#cell-editor:popover-open") && done());
  if (values(form) === before && !form.matches(".is-conflict")) return done();
  form.requestSubmit();
}

function done(): void {
  const after = then;
  close();
  after();
}

function close(): void {
  last = place ?? last;
  one("#cell-editor")?.remove();
  place = null;
  then = stay;
}

function cancel(): void {
  close();
  stay();
}

function stay(): void {
  const cell = last && cellOf(last);
  if (cell) focusCell(cell);
}

function step(right: number, down: number): void {
  const cell = last && cellOf(last);
  const target = cell && neighbour(cell, right, down);
  if (target) focusCell(target);
}

/** The next cell that can be edited, row by row. */
function next(by: number): void {
  const cell = last && cellOf(last);
  const cells = all(`${CELL}:not([aria-readonly])`);
  const target = cell && cells[cells.indexOf(cell) + by];
  if (!target) return stay();
  focusCell(target);
  edit(target);
}

const ASIDE = "fieldstone:cell";

/** The session has ended: what was typed waits until somebody has signed in again. */
function putAside(): void {
  const form = one<HTMLFormElement>("form", editor());
  if (!form || !place) return;
  const aside = { url: location.href, place, values: values(form) };
  sessionStorage.setItem(ASIDE, JSON.stringify(aside));
}

function takeUp(): void {
  const aside = JSON.parse(sessionStorage.getItem(ASIDE) ?? "null") as { url: string; place: Place; values: string } | null;
  if (aside?.url !== location.href) return;
  sessionStorage.removeItem(ASIDE);
  const cell = cellOf(aside.place);
  if (!cell) return;
  edit(cell);
  editor().addEventListener("htmx:after:swap", () => {
    for (const [name, value] of new URLSearchParams(aside.values)) {
      const input = one<HTMLInputElement>(`[name="${CSS.escape(name)}"]:not([type=hidden])`, editor());
      if (input) input.value = value;
    }
  }, { once: true });
}
