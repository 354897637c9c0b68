// The long list beside a setup page opens where the page's own entry is.

import { one } from "../lib/dom";

export function startHere(): void {
  const entry = one(".su-nav [aria-current]");
  const list = entry?.closest<HTMLElement>(".su-nav");
  if (!entry || !list) return;
  const below = entry.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (below > 0) list.scrollTop += below + list.clientHeight / 2;
}
