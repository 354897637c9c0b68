// What the formula editor asks of the public API. Names and functions are asked once a page.

import { getJson, postJson } from "../../lib/http";

const API = "/api/v1/formula";

/** A formula in its place: what a check has to know besides the text. */
export interface Place {
  object: string;
  usage: string;
  returns?: string;
  blanks?: string;
  scale?: number;
  record_object?: string;
  draft: boolean;
}

export interface Fix {
  start: number;
  end: number;
  text: string;
  label: string;
}

/** `start` and `end` count characters, not the halves of a surrogate pair. */
export interface Fault {
  code: string;
  message: string;
  hint: string;
  line: number;
  column: number;
  start: number;
  end: number;
  suggestion: string;
  fix: Fix | null;
}

export interface PathName {
  path: string;
  label: string;
  type: string;
  field_type: string;
}

export interface CheckAnswer {
  type: string | null;
  type_label: string;
  faults: Fault[];
  /** What may be meant otherwise. Nothing is refused for it. */
  warnings: Fault[];
  fields: PathName[];
  volatile: boolean;
  python_only: boolean;
}

export interface Failure {
  code: string;
  message: string;
}

export interface Step {
  start: number;
  end: number;
  text: string;
  label: string;
  type: string;
  display: string;
  error: Failure | null;
}

export interface Trial {
  type: string | null;
  value: unknown;
  display: string;
  error: Failure | null;
  faults: Fault[];
  steps: Step[];
  unread: string[];
  passed?: boolean;
}

export interface Sample {
  record_id?: string;
  values?: Record<string, unknown>;
  expected?: unknown;
}

export interface Name {
  name: string;
  label: string;
  type: string;
  type_label: string;
  field_type: string;
  target: string;
  pinyin: string;
  initials: string;
  system: boolean;
  values: { value: string; label: string }[];
}

export interface Names {
  object: string;
  path: string;
  label: string;
  names: Name[];
  lists: List[];
}

/** Records that point at this one; formulas sum them up. */
export interface List {
  name: string;
  label: string;
  target: string;
  pinyin: string;
  initials: string;
}

export interface Func {
  name: string;
  group: string;
  group_label: string;
  signature: string;
  documentation: string;
  examples: { formula: string; equals: string }[];
  python_only: boolean;
  volatile: boolean;
}

export interface Parameter {
  name: string;
  type: string;
  type_label: string;
}

export interface Language {
  functions: Func[];
  parameters: Parameter[];
}

export function check(place: Place, formula: string, signal?: AbortSignal): Promise<CheckAnswer> {
  return postJson(`${API}/check`, { ...place, scale: undefined, formula }, signal);
}

export function evaluate(place: Place, formula: string, sample: Sample, signal?: AbortSignal): Promise<Trial> {
  return postJson(`${API}/evaluate`, { ...place, formula, ...sample }, signal);
}

const asked = new Map<string, Promise<Names>>();

export function namesAfter(place: Place, path: string): Promise<Names> {
  const key = `${place.object} ${path} ${place.draft}`;
  const known = asked.get(key);
  if (known) return known;
  const query = { object: place.object, path, draft: String(place.draft) };
  const answer = getJson<Names>(`${API}/names`, query);
  asked.set(key, answer);
  answer.catch(() => asked.delete(key));
  return answer;
}

let language: Promise<Language> | undefined;

export function functions(): Promise<Language> {
  language ??= getJson<Language>(`${API}/functions`, {}).catch((error: unknown) => {
    language = undefined;
    throw error;
  });
  return language;
}
