// The rail's favourites and recents come with a request of their own; meanwhile the rail shows
// what it showed on the page before.

import { one } from "./dom";

const PREFIX = "fieldstone:mine:";

export function startMine(): void {
  if (one(".st-sign")) return forget();
  const place = one("[data-mine]");
  if (!place) return;
  const key = PREFIX + (place.dataset.mine ?? "");
  const before = sessionStorage.getItem(key);
  if (before) place.innerHTML = before;
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target === place) sessionStorage.setItem(key, place.innerHTML);
    else if (one(".st-starform")) place.dispatchEvent(new CustomEvent("fs:mine"));
  });
}

/** Somebody signed out: the next one in this tab is another person. */
function forget(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
