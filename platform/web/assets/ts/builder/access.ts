// One level for every permission set at once.

import { all, on } from "../lib/dom";

export function startAccess(): void {
  on("click", "[data-access-all]", (_, button) => {
    for (const select of all<HTMLSelectElement>("select", button.closest("[role=tabpanel]") ?? document)) {
      const option = [...select.options].find((each) => each.value === button.dataset.accessAll);
      if (option && !option.disabled) select.value = option.value;
    }
    button.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
