// The long list beside a setup page opens where the page's own entry is.

import { all, one } from "../lib/dom";

export function startHere(): void {
  const entry = one(".su-nav [aria-current]");
  const list = entry?.closest<HTMLElement>(".su-nav");
  if (!entry || !list) return;
  const below = entry.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (below <= 0) return;
  list.scrollTop += below + list.clientHeight / 2;
  // An entry that the search above lies over is no target to hit: begin with a whole one.
  const top = one(".su-navsearch", list)?.getBoundingClientRect().bottom ?? list.getBoundingClientRect().top;
  const cut = all("a", list).map((each) => each.getBoundingClientRect()).find((each) => each.top < top && each.bottom > top);
  if (cut) list.scrollTop += cut.bottom - top;
}
