// The page's words: English sources, translated by the text.<locale>.js module loaded before us.

declare global {
  var fieldstoneTexts: Record<string, string> | undefined;
}

type Params = Record<string, string | number>;

/** Fills %(time)s from { time: "10:24" }. */
export function t(source: string, params: Params = {}): string {
  return fill(globalThis.fieldstoneTexts?.[source] ?? source, params);
}

/** tn(one, many, 3): both texts hold %(count)s; Chinese has one form. */
export function tn(one: string, many: string, count: number): string {
  const translated = globalThis.fieldstoneTexts?.[one];
  return fill(translated ?? (count === 1 ? one : many), { count: count.toLocaleString("en") });
}

function fill(text: string, params: Params): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(params[name] ?? whole));
}
