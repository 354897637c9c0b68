// Run in a page that has axe: what a reader would stumble over, as lines of text.
async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const shown = (element) => element.getClientRects().length > 0;
  const words = (element) => element.textContent.trim().slice(0, 24);
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) {
    found.push(`SIDEWAYS ${document.documentElement.scrollWidth}`);
  }
  for (const element of document.querySelectorAll("button, .btn, .st-tag")) {
    if (!shown(element)) continue;
    if (element.scrollHeight > element.clientHeight + 4) found.push(`WRAP ${words(element)}`);
    const wide = element.scrollWidth > element.clientWidth + 1;
    if (wide && element.matches("button, .btn")) found.push(`CUT ${words(element)}`);
  }
  const { violations } = await axe.run(document, { runOnly: rules });
  for (const { id, nodes } of violations) {
    found.push(`AXE ${id} x${nodes.length} ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" ;; ")}`);
  }
  return [...new Set(found)].slice(0, 16);
};
