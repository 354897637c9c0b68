// Which call the caret stands in: by brackets alone, so that it works in a half-written formula.

export interface Standing {
  name: string;
  argument: number;
}

const WORD = /[\p{L}_][\p{L}\p{N}_]*\s*$/u;

/** The innermost function around the caret and the number of its argument there. */
export function callAt(text: string, caret: number): Standing | null {
  const open: { name: string; argument: number }[] = [];
  for (let at = 0; at < caret; at += 1) {
    const sign = text[at] ?? "";
    if (sign === '"' || sign === "'") at = endOfText(text, at);
    else if (text.startsWith("/*", at)) at = ends(text.indexOf("*/", at + 2), text) + 1;
    else if (text.startsWith("//", at)) at = ends(text.indexOf("\n", at), text);
    else if (sign === "(") open.push({ name: (WORD.exec(text.slice(0, at))?.[0] ?? "").trim(), argument: 0 });
    else if (sign === ")") open.pop();
    else if (sign === "," && open.length) open[open.length - 1]!.argument += 1;
  }
  return open.reverse().find((call) => call.name) ?? null;
}

function endOfText(text: string, start: number): number {
  const quote = text[start];
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at;
}

function ends(found: number, text: string): number {
  return found < 0 ? text.length : found;
}
