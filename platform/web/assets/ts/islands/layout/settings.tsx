// What is picked, and what can be said of it.

import type { ComponentChildren } from "preact";
import { t } from "../../lib/text";
import { Icon } from "../formula/icon";
import { textOf } from "./canvas";
import { change, layout, picked, placeOf, sectionOf, shifted, stepped, withItem, withSection, without, type Part, type Props, type Section, type Text } from "./state";

export function Settings({ props }: { props: Props }) {
  const now = picked.value;
  return (
    <aside class="st-side ld-side" aria-label={t("Settings")}>
      <div class="st-sideb">
        {now.kind === "layout" && <OfLayout props={props} />}
        {now.kind === "section" && <OfSection section={sectionOf(layout.value, now.section)} props={props} />}
        {now.kind === "field" && <OfField name={now.name} props={props} />}
        {now.kind === "list" && <OfList part={now.part} name={now.name} />}
        <div class="st-note" id="ld-help"><Icon name="keyboard" /><span>{t("Enter lifts a field, the arrow keys move it, Enter drops it; Delete takes it off.")}</span></div>
      </div>
    </aside>
  );
}

function Names({ text, set }: { text: Text; set: (text: Text) => void }) {
  const languages: [string, string][] = [["zh_CN", t("Name in Chinese")], ["en", t("Name in English")]];
  return (
    <>
      {languages.map(([code, label]) => (
        <label class="st-field" key={code}><span class="form-label">{label}</span>
          <input class="form-control" maxLength={80} value={text[code] ?? ""} onChange={(event) => set({ ...text, [code]: event.currentTarget.value })} /></label>
      ))}
    </>
  );
}

function Switch({ label, on, set }: { label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label class="st-check st-sm"><input class="st-switch" type="checkbox" role="switch" checked={on} onChange={(event) => set(event.currentTarget.checked)} /><span>{label}</span></label>
  );
}

function Steps({ move, remove, label }: { move: (step: number) => void; remove?: () => void; label: string }) {
  return (
    <div class="st-row st-wrap">
      <button type="button" class="btn btn-default btn-s" onClick={() => move(-1)}><Icon name="arrow-up" size="sm" />{t("Up")}</button>
      <button type="button" class="btn btn-default btn-s" onClick={() => move(1)}><Icon name="arrow-down" size="sm" />{t("Down")}</button>
      {remove && <button type="button" class="btn btn-danger-quiet btn-s" onClick={remove}><Icon name="trash" size="sm" />{label}</button>}
    </div>
  );
}

function Columns({ label, chosen, set }: { label: string; chosen: number; set: (count: number) => void }) {
  return (
    <div class="st-field"><span class="form-label">{label}</span>
      <div class="st-seg" role="group" aria-label={label}>
        {[1, 2].map((count) => <button type="button" key={count} aria-pressed={chosen === count} onClick={() => set(count)}>{count === 1 ? t("1 column") : t("2 columns")}</button>)}
      </div></div>
  );
}

function Head({ label, sub }: { label: string; sub?: ComponentChildren }) {
  return <h2 class="st-h3">{label} {sub && <span class="st-muted st-xs">{sub}</span>}</h2>;
}

function OfLayout({ props }: { props: Props }) {
  const types = layout.value.record_types;
  function toggle(name: string, on: boolean): void {
    change({ ...layout.value, record_types: on ? [...types, name] : types.filter((each) => each !== name) });
  }
  return (
    <>
      <Head label={t("Layout")} />
      <Names text={layout.value.label} set={(label) => change({ ...layout.value, label })} />
      {props.types.length > 0 && (
        <fieldset class="st-field"><legend class="form-label">{t("Record types")}</legend>
          {props.types.map((each) => <Switch key={each.name} label={each.label} on={types.includes(each.name)} set={(on) => toggle(each.name, on)} />)}
          <div class="st-help">{t("Without any, it is for all of them.")}</div></fieldset>
      )}
    </>
  );
}

function OfSection({ section, props }: { section: Section | undefined; props: Props }) {
  if (!section) return null;
  const set = (settings: Partial<Section>) => change(withSection(layout.value, section.name, settings));
  const remove = () => {
    change({ ...layout.value, sections: layout.value.sections.filter((each) => each.name !== section.name) });
    picked.value = { kind: "layout" };
  };
  return (
    <>
      <Head label={textOf(section.label, props.language)} sub={t("section")} />
      <Names text={section.label} set={(label) => set({ label })} />
      <Columns label={t("Columns")} chosen={section.columns ?? 2} set={(columns) => set({ columns })} />
      <Switch label={t("Folded at first")} on={Boolean(section.collapsed)} set={(collapsed) => set({ collapsed })} />
      <div class="st-field"><span class="form-label">{t("Shown when")}</span>
        {section.visible_when ? <code class="st-well st-xs">{section.visible_when}</code> : <span class="st-sm st-muted">{t("Always")}</span>}
        {section.condition_url && <a class="st-sm" href={section.condition_url}><Icon name="math-function" size="xs" /> {t("Edit as a formula")}</a>}</div>
      <Steps label={t("Remove the section")} move={(step) => change({ ...layout.value, sections: shifted(layout.value.sections, section.name, step) })} {...(layout.value.sections.length > 1 ? { remove } : {})} />
    </>
  );
}

function OfField({ name, props }: { name: string; props: Props }) {
  const at = placeOf(layout.value, name);
  const info = props.fields.find((each) => each.name === name);
  const section = at && sectionOf(layout.value, at.section);
  const item = section?.fields[at?.index ?? 0];
  if (!item || !section) return null;
  const remove = () => {
    change(without(layout.value, name));
    picked.value = { kind: "layout" };
  };
  const span = item.span ?? (info?.wide ? 2 : 1);
  return (
    <>
      <Head label={info?.label ?? name} sub={info?.type} />
      {(section.columns ?? 2) === 2 && <Columns label={t("Width")} chosen={span} set={(count) => change(withItem(layout.value, name, { span: count }))} />}
      {info && !info.computed && !info.system && (
        <>
          <Switch label={t("Required on this layout")} on={Boolean(item.required) || info.required} set={(required) => change(withItem(layout.value, name, { required }))} />
          <Switch label={t("Read-only on this layout")} on={Boolean(item.read_only)} set={(read_only) => change(withItem(layout.value, name, { read_only }))} />
        </>
      )}
      <Steps label={t("Take off")} move={(step) => change(stepped(layout.value, name, step))} remove={remove} />
    </>
  );
}

function OfList({ part, name }: { part: Part; name: string }) {
  const list = layout.value[part].find((each) => each.name === name);
  if (!list) return null;
  const remove = () => {
    change({ ...layout.value, [part]: layout.value[part].filter((each) => each.name !== name) });
    picked.value = { kind: "layout" };
  };
  return (
    <>
      <Head label={list.shown} sub={part === "sub_tables" ? t("Lines") : t("Related list")} />
      <p class="st-sm st-muted">{t("Columns: %(names)s", { names: list.columns.join(", ") })}</p>
      <Steps label={t("Take off")} move={(step) => change({ ...layout.value, [part]: shifted(layout.value[part], name, step) })} remove={remove} />
    </>
  );
}
