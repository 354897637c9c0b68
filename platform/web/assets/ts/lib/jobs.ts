// A bulk change on its way: a panel that tells how far it is, from page to page, until it is done
// and seen. The server draws it.

import htmx from "htmx.org";
import { make, on, one } from "./dom";

const KEY = "fieldstone:jobs";
const PAUSE_MS = 1000;
const SEEN_MS = 10_000;

export function startJobs(): void {
  document.addEventListener("fs:job", (event) => {
    const { id } = (event as CustomEvent<{ id: string }>).detail;
    one<HTMLDialogElement>("#bulk-dialog[open]")?.close();
    keep([id]); // one at a time, as with toasts
    void look(id, { asked: true });
  });
  on("click", "[data-job-close]", close);
  if (location.pathname.startsWith("/bulk/")) return close(); // the page itself tells
  for (const id of kept()) void look(id, { asked: false });
}

function kept(): string[] {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as string[];
}

function keep(ids: string[]): void {
  sessionStorage.setItem(KEY, JSON.stringify(ids));
}

function region(): HTMLElement {
  return one("#jobs") ?? document.body.appendChild(make("div", { id: "jobs", class: "st-jobs", role: "status" }));
}

/** `asked`: on this page, whose list is older than what was done. */
async function look(id: string, { asked }: { asked: boolean }): Promise<void> {
  if (!kept().includes(id)) return;
  const host = region();
  await htmx.ajax("GET", `/bulk/${id}`, { source: host, target: host, swap: "innerHTML" });
  if (!host.childElementCount) return close(); // it is nobody's any more
  if (one("[data-running]", host)) return void setTimeout(() => void look(id, { asked: true }), PAUSE_MS);
  if (asked) refresh();
  if (one("[data-passing]", host)) setTimeout(() => pass(id), SEEN_MS);
}

/** The list as it is now, unless somebody is in the middle of something. */
function refresh(): void {
  if (!one("#list") || one("dialog[open], #cell-editor")) return;
  void htmx.ajax("GET", location.href, { target: "#list", swap: "outerHTML" });
}

function pass(id: string): void {
  if (!kept().includes(id)) return;
  if (one("#jobs:hover, #jobs:focus-within")) return void setTimeout(() => pass(id), PAUSE_MS);
  close();
}

function close(): void {
  keep([]);
  one("#jobs")?.remove();
}
