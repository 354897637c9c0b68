// <fs-polymorphic>: which kind of record, then a lookup of that kind.

import { one } from "../lib/dom";
import type { Lookup } from "./lookup";

export class Polymorphic extends HTMLElement {
  connectedCallback(): void {
    const kind = one<HTMLSelectElement>("[data-kind]", this);
    kind?.addEventListener("change", () => {
      const lookup = one<Lookup>("fs-lookup", this);
      const url = new URL(lookup?.getAttribute("url") ?? "", location.href);
      url.searchParams.set("target", kind.value);
      lookup?.pointAt(url.pathname + url.search);
    });
  }
}
