// Completion: fields after a point or two characters, by API name, label, pinyin and initials;
// functions with their signature; a picklist's values inside quotes.

import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { icon, make } from "../../lib/dom";
import { functions, namesAfter, type Func, type Language, type Name, type Place } from "./api";

const TYPED = /(?:\$?[\p{L}_][\p{L}\p{N}_]*\.)*\$?[\p{L}\p{N}_]*$/u;
const IN_QUOTES = /([\p{L}_][\p{L}\p{N}_.]*)\s*(?:=|==|<>|!=|,|IN\s*\(.*)\s*(["'])([^"']*)$/iu;
const ENOUGH = 2;
// sprite icons: hash text-caption toggle-left calendar calendar-time clock select tags
// sprite icons: arrow-up-right math-function at circle-dot map-pin
export const TYPE_ICONS: Record<string, string> = {
  number: "hash", text: "text-caption", boolean: "toggle-left", date: "calendar", datetime: "calendar-time",
  time: "clock", picklist: "select", multi_picklist: "tags", reference: "arrow-up-right", location: "map-pin",
  function: "math-function", parameter: "at", value: "circle-dot",
};

export function completions(place: () => Place) {
  return autocompletion({
    override: [(context) => complete(context, place())],
    activateOnTypingDelay: 60,
    icons: false,
    addToOptions: [
      { render: (completion) => icon(TYPE_ICONS[completion.type ?? ""] ?? "forms", "sm"), position: 10 },
      { render: () => make("kbd", { class: "st-kbd fx-tab", "aria-hidden": "true" }, "Tab"), position: 90 },
    ],
    maxRenderedOptions: 40,
    optionClass: (completion) => `fx-option fx-option-${completion.type ?? "field"}`,
  });
}

async function complete(context: CompletionContext, place: Place): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(0, context.pos);
  const quoted = IN_QUOTES.exec(before);
  if (quoted) return valuesOf(context, place, quoted);
  const { word, path } = wordAt(before);
  if (!path && word.length < ENOUGH && !context.explicit) return null;
  const options = await offered(place, before);
  return options.length ? { from: context.pos - word.length, options, filter: false } : null;
}

const NONE: Language = { functions: [], parameters: [] };

/** Asks for what the first completion will need, so that it need not wait. */
export function prepare(place: Place): void {
  void namesAfter(place, "").catch(() => undefined);
  void functions().catch(() => undefined);
}

/** What is being typed at the end of the text, and the path before its last point. */
export function wordAt(before: string): { word: string; path: string } {
  const typed = TYPED.exec(before)?.[0] ?? "";
  const dot = typed.lastIndexOf(".");
  return { word: typed.slice(dot + 1), path: dot < 0 ? "" : typed.slice(0, dot) };
}

/** What may be written here, the likeliest first. */
export async function offered(place: Place, before: string): Promise<Completion[]> {
  const { word, path } = wordAt(before);
  if (insideText(before) || path.startsWith("$")) return [];
  return found(place, path, word.toLowerCase());
}

/** Is the caret in a text or a comment? */
function insideText(text: string): boolean {
  const rest = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*.*?\*\//gs, "");
  return /["']|\/\*/.test(rest) || /\/\/[^\n]*$/.test(rest);
}

async function found(place: Place, path: string, word: string): Promise<Completion[]> {
  const names = await namesAfter(place, path).catch(() => null);
  const fields = (names?.names ?? []).map((name) => ({ rank: rank(name, word), option: fieldOption(name, names?.label ?? "") }));
  const lists = (summing(place) ? names?.lists ?? [] : []).map((list) => ({
    rank: startRank([list.name, list.label.toLowerCase(), list.initials, list.pinyin], word),
    option: { label: list.name, displayLabel: list.label, detail: list.name, type: "multi_picklist" },
  }));
  const { functions: known, parameters } = path ? NONE : await functions().catch(() => NONE);
  const calls = known.map((each) => ({ rank: word ? startRank([each.name.toLowerCase()], word) : 0.5, option: functionOption(each) }));
  const moments = parameters.map((each) => ({
    rank: word.startsWith("$") ? startRank([each.name.toLowerCase()], word) : 0,
    option: { label: each.name, detail: each.type_label, type: "parameter" },
  }));
  return [...fields, ...lists, ...calls, ...moments]
    .filter((each) => each.rank > 0)
    .sort((left, right) => right.rank - left.rank)
    .slice(0, 60)
    .map((each) => each.option);
}

/** Related lists are summed up here and nowhere else. */
export function summing(place: Place): boolean {
  return place.usage === "formula" || place.usage === "validation";
}

/** How well a field answers what was typed; 0: not at all. */
export function rank(name: Name, word: string): number {
  if (!word) return name.system ? 1 : 2;
  const best = startRank([name.name, name.label.toLowerCase(), name.initials, name.pinyin], word);
  return best && !name.system ? best + 0.5 : best;
}

export function startRank(texts: string[], word: string): number {
  if (texts.some((text) => text === word)) return 4;
  if (texts.some((text) => text.startsWith(word))) return 3;
  return texts.some((text) => text && text.includes(word)) ? 2 : 0;
}

function fieldOption(name: Name, owner: string): Completion {
  const label = name.label || name.name;
  return {
    label: name.name,
    displayLabel: label,
    detail: name.target ? `${owner} → ${name.type_label}` : owner,
    type: name.type,
    info: () => make("span", {}, `${name.name}, ${name.type_label}`),
  };
}

function functionOption(each: Func): Completion {
  return {
    label: each.name,
    detail: each.signature.slice(each.name.length),
    type: "function",
    info: each.documentation,
    apply: (view, _completion, from, to) => {
      const follows = view.state.sliceDoc(to, to + 1) === "(";
      const insert = follows ? each.name : `${each.name}()`;
      const bare = each.signature.endsWith("()");
      const caret = from + each.name.length + (follows || !bare ? 1 : 2);
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: caret }, userEvent: "input.complete" });
    },
  };
}

async function valuesOf(context: CompletionContext, place: Place, match: RegExpExecArray): Promise<CompletionResult | null> {
  const [, path = "", quote = "", word = ""] = match;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const names = await namesAfter(place, steps.join(".")).catch(() => null);
  const field = names?.names.find((name) => name.name === last || name.label === last);
  if (!field?.values.length) return null;
  const wanted = word.toLowerCase();
  const options = field.values
    .filter((each) => !wanted || each.value.toLowerCase().includes(wanted) || each.label.toLowerCase().includes(wanted))
    .map((each) => ({
      label: each.value,
      displayLabel: each.label || each.value,
      detail: each.value,
      type: "value",
      apply: closing(each.value, quote),
    }));
  return options.length ? { from: context.pos - word.length, options, filter: false } : null;
}

/** The value, and the closing quote if there is none yet. */
function closing(value: string, quote: string): Completion["apply"] {
  return (view, _completion, from, to) => {
    const there = view.state.sliceDoc(to, to + 1) === quote;
    const insert = there ? value : value + quote;
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + value.length + 1 } });
  };
}

