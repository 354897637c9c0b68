// Tom Select as our pickers share it: words, places, and tag colours.

import TomSelect from "tom-select/base";
import clearButton from "tom-select/plugins/clear_button/plugin.js";
import removeButton from "tom-select/plugins/remove_button/plugin.js";
import { make } from "../lib/dom";
import { t } from "../lib/text";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);

export { TomSelect };

export interface Choice {
  value: string;
  label: string;
  sub?: string;
  color?: string;
}

type Settings = ConstructorParameters<typeof TomSelect>[1];

/** `why`: a better sentence than "nothing found", when there is one. */
export function picker(select: HTMLSelectElement, more: Settings, why?: () => string): TomSelect {
  const host = select.closest<HTMLElement>(".st-lines");
  const tom = new TomSelect(select, {
    plugins: select.multiple
      ? { remove_button: { title: t("Remove") } }
      : { clear_button: { title: t("Clear"), html: clearHtml } },
    valueField: "value",
    labelField: "label",
    searchField: ["label", "sub"],
    maxOptions: 100,
    maxItems: select.multiple ? null : 1,
    hidePlaceholder: true,
    onDropdownOpen: (dropdown: HTMLElement) => dropdown.scrollIntoView({ block: "nearest" }),
    placeholder: select.dataset.placeholder ?? "",
    ...(host ? { dropdownParent: "body" } : {}),
    render: {
      option: (item: Choice) => row(item),
      item: (item: Choice) => make("div", item.color ? { class: `st-${item.color}` } : {}, item.label),
      option_create: (item: { input: string }) => make("div", { class: "create" }, t("Add %(item)s", { item: item.input })),
      no_results: () => make("div", { class: "no-results" }, why?.() || t("Nothing found")),
      loading: () => make("div", { class: "spinner" }, t("Searching…")),
    },
    ...more,
  } as Settings);
  describe(select, tom);
  return tom;
}

function clearHtml(config: { className: string; title: string }): string {
  const button = make("button", { type: "button", class: config.className, "aria-label": config.title, tabindex: "-1" }, "×");
  return button.outerHTML;
}

function row(item: Choice): HTMLElement {
  const line = make("div", {}, item.label);
  if (item.sub) line.append(make("small", {}, item.sub));
  return line;
}

/** The visible input carries what the hidden select said about itself. */
function describe(select: HTMLSelectElement, tom: TomSelect): void {
  for (const name of ["aria-invalid", "aria-describedby", "aria-required", "aria-label"]) {
    const value = select.getAttribute(name);
    if (value) tom.control_input.setAttribute(name, value);
  }
  tom.wrapper.toggleAttribute("data-invalid", select.getAttribute("aria-invalid") === "true");
  select.setAttribute("tabindex", "-1");
  select.setAttribute("aria-hidden", "true");
}

/** The options the page came with, with what their markup says. */
export function chosen(select: HTMLSelectElement): Choice[] {
  return [...select.options].filter((option) => option.value).map((option) => ({
    value: option.value,
    label: option.text.trim(),
    color: option.dataset.color,
  }));
}
