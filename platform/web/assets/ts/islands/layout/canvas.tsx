// The form as it will look; everything on it can be picked, dragged and moved with keys.

import { t } from "../../lib/text";
import { Icon } from "../formula/icon";
import { startDrag } from "./drag";
import { change, drop, freeName, layout, lifted, moved, phone, picked, placeOf, said, stepped, without, type FieldInfo, type Item, type Listed, type Part, type Place, type Props, type Section } from "./state";

let before: Place | null = null;

export function Canvas({ props }: { props: Props }) {
  const fields = new Map(props.fields.map((each) => [each.name, each]));
  return (
    <section class="st-canvas st-dots ld-canvas" aria-label={t("Canvas")} onClick={(event) => event.target === event.currentTarget && (picked.value = { kind: "layout" })}>
      <div class={`st-card ld-form${phone.value ? " is-phone" : ""}`}>
        <div class="st-row"><span class={`st-obj st-${props.color}`}><Icon name={props.icon} size="sm" /></span><h2 class="st-h2 st-clip">{props.noun}</h2>
          <button type="button" class="btn btn-quiet btn-s st-end" aria-pressed={picked.value.kind === "layout"} onClick={() => (picked.value = { kind: "layout" })}><Icon name="settings" size="sm" />{t("Layout")}</button></div>
        {layout.value.sections.map((section) => <Part_ key={section.name} section={section} fields={fields} language={props.language} />)}
        <button type="button" class="ld-add" onClick={addSection}><Icon name="plus" size="sm" />{t("Add a section")}</button>
        <Lists part="sub_tables" label={t("Lines")} lists={layout.value.sub_tables} />
        <Lists part="related_lists" label={t("Related lists")} lists={layout.value.related_lists} />
      </div>
    </section>
  );
}

function addSection(): void {
  const name = freeName(layout.value);
  const made: Section = { name, label: { en: "More", zh_CN: "更多信息" }, columns: 2, fields: [] };
  change({ ...layout.value, sections: [...layout.value.sections, made] });
  picked.value = { kind: "section", section: name };
}

function Part_({ section, fields, language }: { section: Section; fields: Map<string, FieldInfo>; language: string }) {
  const here = picked.value.kind === "section" && picked.value.section === section.name;
  const columns = section.columns ?? 2;
  const gap = drop.value?.section === section.name ? drop.value.index : -1;
  // Nothing moves while one drags, or the gap would run away from the pointer: a line marks it.
  const others = section.fields.filter((each) => each.name !== lifted.value);
  const ahead = gap >= 0 ? others[gap]?.name : undefined;
  const behind = gap >= 0 && !ahead ? others.at(-1)?.name : undefined;
  const cells = section.fields.map((item) => (
    <Cell key={item.name} item={item} info={fields.get(item.name)} gap={item.name === ahead ? "before" : item.name === behind ? "after" : ""} />
  ));
  return (
    <div class={`ld-section${here ? " is-on" : ""}`} data-section={section.name}>
      <button type="button" class="ld-sectionhead" aria-pressed={here} onClick={() => (picked.value = { kind: "section", section: section.name })}>
        <b class="st-clip">{textOf(section.label, language)}</b>
        {section.collapsed && <Icon name="chevron-right" size="xs" />}
        {section.visible_when && <span class="st-tag st-blue st-tag-plain st-clip">{section.visible_when}</span>}
      </button>
      <div class={columns === 2 && !phone.value ? "st-grid2 ld-cells" : "ld-cells"}>{cells.length ? cells : <p class={`ld-empty${gap >= 0 ? " is-gap" : ""} st-sm st-muted`}>{t("Drop fields here")}</p>}</div>
    </div>
  );
}

export function textOf(text: Record<string, string>, language: string): string {
  return text[language] || text["en"] || Object.values(text)[0] || "";
}

function Cell({ item, info, gap }: { item: Item; info: FieldInfo | undefined; gap: string }) {
  const here = picked.value.kind === "field" && picked.value.name === item.name;
  const up = lifted.value === item.name;
  const name = info?.label ?? item.name;
  return (
    <button
      type="button" data-item={item.name} aria-pressed={here} aria-describedby="ld-help"
      class={`ld-cell${item.span === 2 || (info?.wide && item.span !== 1) ? " st-span2" : ""}${here ? " is-on" : ""}${up ? " is-up" : ""}${gap ? ` is-gap-${gap}` : ""}${info ? "" : " is-gone"}`}
      onClick={() => (picked.value = { kind: "field", name: item.name })}
      onPointerDown={(event) => startDrag(event, item.name)}
      onKeyDown={(event) => onKey(event, item.name, name)}
      onBlur={() => up && !drop.value && (lifted.value = "")}
    >
      <span class="form-label st-clip">{name}{(item.required || info?.required) && <span class="st-req" aria-hidden="true">*</span>}{item.read_only && <Icon name="lock" size="xs" />}</span>
      <span class="form-control ld-box"><Icon name={info?.icon ?? "alert-triangle"} size="sm" /><span class="st-clip">{info?.type ?? t("This field is gone")}</span></span>
    </button>
  );
}

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** Enter lifts and drops, arrows move what is lifted, Escape puts it back, Delete takes it away. */
function onKey(event: KeyboardEvent, name: string, label: string): void {
  const up = lifted.value === name;
  const step = STEPS[event.key];
  if (event.key === "Enter" || event.key === " ") {
    lifted.value = up ? "" : name;
    if (!up) before = placeOf(layout.value, name);
    picked.value = { kind: "field", name };
    said.value = up ? t("%(name)s is dropped.", { name: label }) : t("%(name)s is lifted; move it with the arrow keys.", { name: label });
  } else if (event.key === "Escape" && up) {
    if (before) change(moved(layout.value, name, before));
    lifted.value = "";
    said.value = t("%(name)s is back where it was.", { name: label });
  } else if (event.key === "Delete" || event.key === "Backspace") {
    change(without(layout.value, name));
    picked.value = { kind: "layout" };
    said.value = t("%(name)s is taken off the layout.", { name: label });
  } else if (step && up) {
    change(stepped(layout.value, name, step));
    const at = placeOf(layout.value, name);
    if (at) said.value = t("%(name)s: place %(place)s", { name: label, place: at.index + 1 });
    queueMicrotask(() => requestAnimationFrame(() => focusOn(name)));
  } else return;
  event.preventDefault();
}

/** A field that moved to another section is drawn anew there. */
function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`.ld-canvas [data-item="${CSS.escape(name)}"]`)?.focus();
  lifted.value = name;
}

function Lists({ part, label, lists }: { part: Part; label: string; lists: Listed[] }) {
  if (!lists.length) return null;
  return (
    <div class="ld-lists">
      <span class="st-group">{label}</span>
      {lists.map((each) => {
        const here = picked.value.kind === "list" && picked.value.part === part && picked.value.name === each.name;
        return (
          <button type="button" key={each.name} class={`st-pal${here ? " is-on" : ""}`} aria-pressed={here} onClick={() => (picked.value = { kind: "list", part, name: each.name })}>
            <Icon name={part === "sub_tables" ? "table" : "list"} size="sm" /><span class="st-clip">{each.shown}</span><span class="st-xs st-muted">{each.columns.length}</span>
          </button>
        );
      })}
    </div>
  );
}
