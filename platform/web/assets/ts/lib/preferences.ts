// Theme and density change at once and are remembered on the server; a language reloads the page.

import { all, on } from "./dom";
import { post } from "./http";

const ATTRIBUTES: Record<string, string> = { theme: "data-bs-theme", density: "data-st-density" };

export function startPreferences(): void {
  on("submit", "form[data-preferences]", (event) => {
    const button = event.submitter as HTMLButtonElement | null;
    const attribute = button && ATTRIBUTES[button.name];
    if (!button || !attribute) return;
    event.preventDefault();
    document.documentElement.setAttribute(attribute, button.value);
    for (const other of all<HTMLButtonElement>(`form[data-preferences] button[name="${button.name}"]`)) {
      other.setAttribute("aria-pressed", String(other.value === button.value));
    }
    void post("/preferences", { [button.name]: button.value });
  });
}
