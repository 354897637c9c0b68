// Custom elements are loaded when the page first holds one, also in fragments swapped in later.

const ELEMENTS: Record<string, () => Promise<CustomElementConstructor>> = {
  "fs-lookup": async () => (await import("../elements/lookup")).Lookup,
  "fs-select": async () => (await import("../elements/select")).Select,
  "fs-date": async () => (await import("../elements/date")).DateField,
  "fs-number": async () => (await import("../elements/number")).NumberField,
  "fs-region": async () => (await import("../elements/region")).Region,
  "fs-polymorphic": async () => (await import("../elements/polymorphic")).Polymorphic,
  "fs-upload": async () => (await import("../elements/upload")).Upload,
  "fs-signature": async () => (await import("../elements/signature")).SignaturePad,
  "fs-rich-text": async () => (await import("../elements/rich_text")).RichText,
  "fs-json": async () => (await import("../elements/json")).JsonField,
  "fs-color": async () => (await import("../elements/color")).ColorField,
};

const loading = new Set<string>();

export function startElements(): void {
  load();
  document.addEventListener("htmx:after:swap", load);
  document.addEventListener("fs:added", load);
}

function load(): void {
  for (const [name, fetchClass] of Object.entries(ELEMENTS)) {
    if (loading.has(name) || !document.querySelector(name)) continue;
    loading.add(name);
    void fetchClass().then((element) => customElements.define(name, element));
  }
}
