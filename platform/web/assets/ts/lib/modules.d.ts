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
