// The server counts characters, the browser UTF-16 units: they differ behind an emoji.

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** The place of the n-th character in the string. */
export function unitOf(text: string, character: number): number {
  if (!PAIR.test(text)) return Math.min(character, text.length);
  let unit = 0;
  for (let seen = 0; seen < character && unit < text.length; seen += 1) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

export interface Range {
  from: number;
  to: number;
}

export function rangeOf(text: string, place: { start: number; end: number }): Range {
  return { from: unitOf(text, place.start), to: unitOf(text, place.end) };
}
