// What only some kinds of showing a list need is loaded with the first list shown so.

import { one } from "./dom";

export function startDisplays(): void {
  load();
  document.addEventListener("htmx:after:swap", load);
}

function load(): void {
  if (one("[data-board]")) void import("./board").then((board) => board.startBoard());
  if (one("[data-calendar]")) void import("./month").then((month) => month.startMonth());
}
