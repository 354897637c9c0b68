// Space shows a record beside its list; while it stands there, it follows the row that has the focus.

import htmx from "htmx.org";
import { isPhone, make, on, one } from "./dom";

const ROW = ".st-tablewrap tbody tr[data-card]";
const PAUSE_MS = 150;
let timer = 0;

export function startPeek(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isPhone()) return;
    const target = event.target as Element;
    if (event.key === "Escape" && one("#peek") && !one("dialog[open], :popover-open")) return close();
    const row = target.closest<HTMLElement>(ROW);
    if (event.key !== " " || !row || !target.matches("td, a.st-name")) return;
    event.preventDefault();
    if (one("#peek")?.dataset.of === row.id) close();
    else show(row);
  });
  on("focusin", ROW, (_, row) => {
    if (!one("#peek") || one("#peek")?.dataset.of === row.id) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => one("#peek") && show(row), PAUSE_MS);
  });
  on("click", "[data-peek-close]", close);
}

function show(row: HTMLElement): void {
  const panel = one("#peek") ?? document.body.appendChild(
    make("aside", { id: "peek", class: "st-peek", "aria-labelledby": "peek-h", "aria-live": "polite" }));
  panel.dataset.of = row.id;
  void htmx.ajax("GET", `${row.dataset.href ?? ""}/peek`, { source: panel, target: panel, swap: "innerHTML" }).then(() => {
    if (!panel.childElementCount) close(); // refused; a toast says why
  });
}

function close(): void {
  one("#peek")?.remove();
  one(".st-tablewrap td[tabindex='0']")?.focus({ preventScroll: true });
}
