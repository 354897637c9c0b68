/** Sheets come in as text (build/styles.mjs); Trix and one file of flatpickr ship no types. */
declare module "*.css" {
  const text: string;
  export default text;
}

declare module "trix" {
  interface TrixConfig {
    lang: Record<string, string>;
    toolbar: { getDefaultHTML: () => string };
  }
  const Trix: { config: TrixConfig };
  export default Trix;
}

declare module "flatpickr/dist/esm/l10n/zh" {
  import type { CustomLocale } from "flatpickr/dist/types/locale";
  export const Mandarin: CustomLocale;
}

declare module "sortablejs" {
  interface Options {
    handle?: string;
    draggable?: string;
    forceFallback?: boolean;
    animation?: number;
  }
  export default class Sortable {
    static create(element: HTMLElement, options?: Options): Sortable;
  }
}
