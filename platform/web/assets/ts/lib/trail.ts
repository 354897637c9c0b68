// From record to record: a page of records is remembered when it is left, so that a record's page
// knows what stood before and after it, and the way back to that very list.

import { all, icon, make, one } from "./dom";
import { t } from "./text";

interface Trail {
  list: string;
  rows: string[];
}

const KEY = "fieldstone:trail";
const ROWS = "tr[data-href], a.st-hit";

export function startTrail(): void {
  addEventListener("pagehide", () => {
    const rows = all(ROWS).map((row) => row.dataset.href ?? row.getAttribute("href") ?? "");
    if (rows.length) sessionStorage.setItem(KEY, JSON.stringify({ list: location.pathname + location.search, rows }));
  });
  show();
}

function show(): void {
  const crumb = one(".st-top .st-crumb");
  const trail = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Trail | null;
  const at = trail?.rows.indexOf(location.pathname) ?? -1;
  if (!trail || at < 0 || !crumb || one("[data-key='['], [data-key=']']", crumb)) return;
  for (const link of all<HTMLAnchorElement>("a", crumb)) {
    if (link.pathname === new URL(trail.list, location.href).pathname) link.href = trail.list;
  }
  const place = make("span", { class: "st-xs" }, `${at + 1} / ${trail.rows.length}`);
  crumb.append(make("span", { class: "st-row st-row-0 st-no-phone" },
    step(trail.rows[at - 1], "[", "chevron-up", t("Previous record")), step(trail.rows[at + 1], "]", "chevron-down", t("Next record")), place));
}

function step(url: string | undefined, key: string, name: string, label: string): HTMLElement {
  const attributes = { class: "btn btn-quiet btn-sq btn-s", "aria-label": label };
  if (!url) return make("span", { ...attributes, role: "link", "aria-disabled": "true" }, icon(name));
  return make("a", { ...attributes, href: url, title: label, "data-key": key, "aria-keyshortcuts": key }, icon(name));
}
