// The layout as the designer holds it: a value; each change makes a new one, so that undo is a list.

import { computed, signal } from "@preact/signals";

export type Text = Record<string, string>;

export interface Item {
  name: string;
  span?: number;
  required?: boolean;
  read_only?: boolean;
}

export interface Section {
  name: string;
  label: Text;
  columns?: number;
  collapsed?: boolean;
  visible_when?: string;
  condition_url?: string;
  fields: Item[];
}

export interface Listed {
  name: string;
  shown: string;
  object: string;
  field: string;
  columns: string[];
  settings: Record<string, unknown>;
}

export type Part = "sub_tables" | "related_lists";

export interface Layout {
  label: Text;
  record_types: string[];
  sections: Section[];
  sub_tables: Listed[];
  related_lists: Listed[];
}

export interface FieldInfo {
  name: string;
  label: string;
  icon: string;
  type: string;
  required: boolean;
  computed: boolean;
  system: boolean;
  wide: boolean;
}

export interface ListInfo {
  object: string;
  field: string;
  label: string;
  via: string;
  icon: string;
  lines: boolean;
}

export interface Props {
  language: string;
  noun: string;
  icon: string;
  color: string;
  layout: Layout;
  fields: FieldInfo[];
  lists: ListInfo[];
  types: { name: string; label: string }[];
}

export type Pick =
  | { kind: "layout" }
  | { kind: "section"; section: string }
  | { kind: "field"; name: string }
  | { kind: "list"; part: Part; name: string };

export interface Place {
  section: string;
  index: number;
}

const MOST_STEPS = 200;

export const layout = signal<Layout>({ label: {}, record_types: [], sections: [], sub_tables: [], related_lists: [] });
export const picked = signal<Pick>({ kind: "layout" });
export const lifted = signal("");
export const drop = signal<Place | null>(null);
export const phone = signal(false);
export const said = signal("");
const past = signal<Layout[]>([]);
const future = signal<Layout[]>([]);

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);
export const placed = computed(() => new Set(layout.value.sections.flatMap((each) => each.fields.map((item) => item.name))));

export function change(next: Layout): void {
  if (next === layout.value) return;
  past.value = [...past.value.slice(-MOST_STEPS), layout.value];
  future.value = [];
  layout.value = next;
}

export function undo(): void {
  const last = past.value.at(-1);
  if (!last) return;
  future.value = [layout.value, ...future.value];
  past.value = past.value.slice(0, -1);
  layout.value = last;
}

export function redo(): void {
  const [next, ...rest] = future.value;
  if (!next) return;
  past.value = [...past.value, layout.value];
  future.value = rest;
  layout.value = next;
}

export function placeOf(from: Layout, name: string): Place | null {
  for (const section of from.sections) {
    const index = section.fields.findIndex((each) => each.name === name);
    if (index >= 0) return { section: section.name, index };
  }
  return null;
}

/** The field at that place, wherever it was before; a place counts without the field itself. */
export function moved(from: Layout, name: string, to: Place): Layout {
  const was = placeOf(from, name);
  if (was && was.section === to.section && was.index === to.index) return from;
  const item = was ? sectionOf(from, was.section)?.fields[was.index] : undefined;
  const sections = from.sections.map((section) => {
    const fields = section.fields.filter((each) => each.name !== name);
    if (section.name === to.section) fields.splice(to.index, 0, item ?? { name });
    return fields.length === section.fields.length && section.name !== to.section ? section : { ...section, fields };
  });
  return { ...from, sections };
}

export function without(from: Layout, name: string): Layout {
  const sections = from.sections.map((each) => ({ ...each, fields: each.fields.filter((item) => item.name !== name) }));
  return { ...from, sections };
}

export function sectionOf(from: Layout, name: string): Section | undefined {
  return from.sections.find((each) => each.name === name);
}

export function withSection(from: Layout, name: string, settings: Partial<Section>): Layout {
  return { ...from, sections: from.sections.map((each) => (each.name === name ? { ...each, ...settings } : each)) };
}

export function withItem(from: Layout, name: string, settings: Partial<Item>): Layout {
  const sections = from.sections.map((section) => ({
    ...section,
    fields: section.fields.map((each) => (each.name === name ? { ...each, ...settings } : each)),
  }));
  return { ...from, sections };
}

/** One step up or down in a list of named things. */
export function shifted<T extends { name: string }>(things: T[], name: string, step: number): T[] {
  const at = things.findIndex((each) => each.name === name);
  const to = at + step;
  const thing = things[at];
  if (!thing || to < 0 || to >= things.length) return things;
  const others = things.filter((each) => each.name !== name);
  return [...others.slice(0, to), thing, ...others.slice(to)];
}

/** One step along the whole page: past the end of a section lies the next one. */
export function stepped(from: Layout, name: string, step: number): Layout {
  const at = placeOf(from, name);
  if (!at) return from;
  const index = from.sections.findIndex((each) => each.name === at.section);
  const fields = from.sections[index]?.fields ?? [];
  const to = at.index + step;
  if (to >= 0 && to < fields.length) return moved(from, name, { section: at.section, index: to });
  const next = from.sections[index + Math.sign(step)];
  if (!next) return from;
  return moved(from, name, { section: next.name, index: step > 0 ? 0 : next.fields.length });
}

export function freeName(from: Layout): string {
  for (let n = from.sections.length + 1; ; n += 1) if (!sectionOf(from, `section_${n}`)) return `section_${n}`;
}
