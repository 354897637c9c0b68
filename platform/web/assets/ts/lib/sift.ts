// A search field above a short list: [data-sift="#list"] hides the [data-sift-item]s that lack what
// is typed, the groups that are left empty, and shows [data-sift-none] when nothing is left.

import { all, on, one } from "./dom";

export function startSift(): void {
  on("input", "[data-sift]", (_, input) => sift(input as HTMLInputElement));
}

export function sift(input: HTMLInputElement): void {
  const root = one(input.dataset.sift ?? "");
  if (!root) return;
  const words = input.value.trim().toLowerCase();
  let left = 0;
  for (const item of all("[data-sift-item]", root)) {
    item.hidden = !(item.textContent ?? "").toLowerCase().includes(words);
    left += Number(!item.hidden);
  }
  for (const group of all("[data-sift-group]", root)) group.hidden = !one("[data-sift-item]:not([hidden])", group);
  const none = one("[data-sift-none]", root);
  if (none) none.hidden = left > 0;
}
