// What can be placed: fields that stand nowhere yet, lists of other objects' records.

import { useSignal } from "@preact/signals";
import { t } from "../../lib/text";
import { Icon } from "../formula/icon";
import { startDrag } from "./drag";
import { change, layout, moved, picked, placed, said, type FieldInfo, type ListInfo, type Part, type Props } from "./state";
import { missing } from "./tools";

export function Palette({ props }: { props: Props }) {
  const search = useSignal("");
  const needed = new Set(missing(props).map((each) => each.name));
  const word = search.value.trim().toLowerCase();
  const free = props.fields.filter((each) => !placed.value.has(each.name) && matches(each, word));
  const groups: [string, FieldInfo[]][] = [
    [t("Required, not placed yet"), free.filter((each) => needed.has(each.name))],
    [t("Fields"), free.filter((each) => !needed.has(each.name) && !each.system)],
    [t("System"), free.filter((each) => each.system)],
  ];
  const lists = props.lists.filter((each) => !isShown(each) && (!word || each.label.toLowerCase().includes(word)));
  return (
    <aside class="st-side-l ld-palette" data-palette aria-label={t("What can be placed")}>
      <span class="st-affix"><Icon name="search" size="sm" /><input class="form-control" type="search" placeholder={t("Fields not placed")} aria-label={t("Fields not placed")} value={search.value} onInput={(event) => { event.stopPropagation(); search.value = event.currentTarget.value; }} /></span>
      {groups.map(([label, fields]) => fields.length > 0 && (
        <div class="ld-group" key={label}>
          <span class="st-group">{label}</span>
          {fields.map((each) => (
            <button type="button" key={each.name} class={`st-pal${needed.has(each.name) ? " is-needed" : ""}`} data-item={each.name} title={each.type} onPointerDown={(event) => startDrag(event, each.name)} onClick={() => place(each)}>
              <Icon name={each.icon} size="sm" /><span class="st-clip">{each.label}</span><Icon name="grip-vertical" size="sm" />
            </button>
          ))}
        </div>
      ))}
      {lists.length > 0 && (
        <div class="ld-group">
          <span class="st-group">{t("Related lists")}</span>
          {lists.map((each) => (
            <button type="button" key={`${each.object}.${each.field}`} class="st-pal" title={each.via} onClick={() => placeList(each)}>
              <Icon name={each.icon} size="sm" /><span class="st-clip">{each.label}</span><Icon name="plus" size="sm" />
            </button>
          ))}
        </div>
      )}
      {!lists.length && groups.every(([, fields]) => !fields.length) && <p class="st-sm st-muted">{word ? t("Nothing is found by that.") : t("Everything is placed.")}</p>}
    </aside>
  );
}

function matches(field: FieldInfo, word: string): boolean {
  return !word || field.label.toLowerCase().includes(word) || field.name.includes(word);
}

/** Into the section that is picked, else into the last one. */
function place(field: FieldInfo): void {
  const now = picked.value;
  const wanted = now.kind === "section" ? now.section : now.kind === "field" ? layout.value.sections.find((each) => each.fields.some((item) => item.name === now.name))?.name : "";
  const section = layout.value.sections.find((each) => each.name === wanted) ?? layout.value.sections.at(-1);
  if (!section) return;
  change(moved(layout.value, field.name, { section: section.name, index: section.fields.length }));
  picked.value = { kind: "field", name: field.name };
  said.value = t("%(name)s is placed.", { name: field.label });
}

function isShown(list: ListInfo): boolean {
  return [...layout.value.related_lists, ...layout.value.sub_tables].some((each) => each.object === list.object && each.field === list.field);
}

/** Parts of a record are its lines; others are a list beside it. */
function placeList(list: ListInfo): void {
  const part: Part = list.lines ? "sub_tables" : "related_lists";
  const taken = new Set(layout.value[part].map((each) => each.name));
  const name = taken.has(list.object) ? `${list.object}_${list.field}`.slice(0, 40) : list.object;
  const settings = { object: list.object, field: list.field, columns: ["name"] };
  const made = { name, shown: list.label, object: list.object, field: list.field, columns: ["name"], settings };
  change({ ...layout.value, [part]: [...layout.value[part], made] });
  picked.value = { kind: "list", part, name };
  said.value = t("%(name)s is placed.", { name: list.label });
}
