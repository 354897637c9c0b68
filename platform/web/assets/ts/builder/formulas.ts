// The formula editor is large: it is loaded when a page first holds a formula.

let loading = false;

export function startFormulas(): void {
  load();
  document.addEventListener("htmx:after:swap", load);
}

function load(): void {
  if (loading || !document.querySelector("textarea[data-formula]")) return;
  loading = true;
  void import("../formula");
}
