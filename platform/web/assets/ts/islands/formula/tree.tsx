// Fields and functions to choose from, beside the editor. Links open into the fields behind them.

import { useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { t } from "../../lib/text";
import { functions, namesAfter, type Func, type List, type Name } from "./api";
import { rank, startRank, summing, TYPE_ICONS } from "./completion";
import { aggregated } from "./sums";
import { Icon } from "./icon";
import type { Sheet } from "./sheet";

export interface Icons {
  [fieldType: string]: string;
}

const DEEPEST = 5;

export function Chooser({ sheet, icons, chosen }: { sheet: Sheet; icons: Icons; chosen: Signal<string> }) {
  const tab = useSignal<"fields" | "functions">("fields");
  const search = useSignal("");
  const known = useSignal<Func[]>([]);
  useSignalEffect(() => void functions().then((found) => (known.value = found.functions), () => undefined));
  const words = tab.value === "fields" ? t("Name, pinyin or API name") : t("Name or what it does");
  return (
    <>
      <div class="fx-choosehead">
        <div class="st-seg fx-seg">
          <button type="button" aria-pressed={tab.value === "fields"} onClick={() => (tab.value = "fields")}>{t("Fields")}</button>
          <button type="button" aria-pressed={tab.value === "functions"} onClick={() => (tab.value = "functions")}>{t("Functions")} {known.value.length || ""}</button>
        </div>
        <span class="st-affix"><Icon name="search" size="sm" />
          <input class="form-control" type="search" placeholder={words} aria-label={words} value={search.value} onInput={(event) => (search.value = event.currentTarget.value)} />
        </span>
      </div>
      <div class="fx-choose" tabIndex={0} role="group" aria-label={tab.value === "fields" ? t("Fields") : t("Functions")}>
        {tab.value === "fields"
          ? <Level sheet={sheet} icons={icons} path="" depth={0} search={search.value.trim().toLowerCase()} />
          : <Functions sheet={sheet} known={known.value} search={search.value.trim().toLowerCase()} chosen={chosen} />}
      </div>
    </>
  );
}

interface LevelProps {
  sheet: Sheet;
  icons: Icons;
  /** Links with points between; behind a related list its name stands first. */
  path: string;
  /** The fields are those of a list's records, which only a function can use. */
  listed?: boolean;
  depth: number;
  search: string;
}

function Level({ sheet, icons, path, listed = false, depth, search }: LevelProps) {
  const names = useSignal<Name[] | null>(null);
  const lists = useSignal<List[]>([]);
  const refused = useSignal(false);
  useSignalEffect(() => {
    namesAfter(sheet.place(), path).then((found) => {
      names.value = found.names;
      lists.value = summing(sheet.place()) ? found.lists : [];
    }, () => (refused.value = true));
  });
  if (refused.value) return <p class="fx-none">{t("The server cannot be reached.")}</p>;
  if (!names.value) return <p class="fx-none">{t("Loading…")}</p>;
  const shown = names.value.filter((name) => (search ? rank(name, search) > 0 : true));
  const related = lists.value.filter((list) => !search || startRank([list.name, list.label.toLowerCase(), list.initials, list.pinyin], search) > 0);
  if (!shown.length && !related.length && depth === 0) return <p class="fx-none">{t("No field is called so.")}</p>;
  const own = shown.filter((name) => !name.system);
  const system = shown.filter((name) => name.system);
  const item = (name: Name) => <FieldItem key={name.name} name={name} {...{ sheet, icons, path, listed, depth, search }} />;
  return (
    <ul class="fx-fields">
      {own.map(item)}
      {system.map(item)}
      {related.length > 0 && <li><h3 class="st-group fx-grouphead">{t("Related lists")}</h3></li>}
      {related.map((list) => <ListItem key={list.name} list={list} {...{ sheet, icons }} />)}
    </ul>
  );
}

/** The records that point here: counted as they are, their fields summed up. */
function ListItem({ list, sheet, icons }: { list: List; sheet: Sheet; icons: Icons }) {
  const open = useSignal(false);
  return (
    <li>
      <div class="fx-field">
        <button class="fx-open" type="button" aria-expanded={open.value} aria-label={t("Fields of %(name)s", { name: list.label })} onClick={() => (open.value = !open.value)}><Icon name={open.value ? "chevron-down" : "chevron-right"} size="sm" /></button>
        <button class="fx-take" type="button" title={`COUNT(${list.name})`} onClick={() => sheet.insert(aggregated(sheet, list.name, ""))}>
          <span class="st-clip">{list.label}</span><span class="st-mono st-xs st-muted st-clip">{list.name}</span>
        </button>
      </div>
      {open.value && <Level sheet={sheet} icons={icons} path={list.name} listed depth={1} search="" />}
    </li>
  );
}

function FieldItem({ name, sheet, icons, path, listed, depth }: LevelProps & { name: Name }) {
  const open = useSignal(false);
  const full = path ? `${path}.${name.name}` : name.name;
  const text = () => (listed ? aggregated(sheet, full, name.type) : full);
  const leads = Boolean(name.target) && depth < DEEPEST;
  return (
    <li>
      <div class="fx-field" style={{ "--depth": depth }}>
        {leads
          ? <button class="fx-open" type="button" aria-expanded={open.value} aria-label={t("Fields of %(name)s", { name: name.label })} onClick={() => (open.value = !open.value)}><Icon name={open.value ? "chevron-down" : "chevron-right"} size="sm" /></button>
          : <span class="fx-open" aria-hidden="true"><Icon name={icons[name.field_type] ?? TYPE_ICONS[name.type] ?? "forms"} size="sm" /></span>}
        <button class="fx-take" type="button" title={`${text()}, ${name.type_label}`} onClick={() => sheet.insert(text())}>
          <span class="st-clip">{name.label}</span><span class="st-mono st-xs st-muted st-clip">{name.name}</span>
        </button>
      </div>
      {open.value && <Level sheet={sheet} icons={icons} path={full} listed={listed} depth={depth + 1} search="" />}
    </li>
  );
}

function Functions({ sheet, known, search, chosen }: { sheet: Sheet; known: Func[]; search: string; chosen: Signal<string> }) {
  const shown = known.filter((each) => `${each.name} ${each.documentation}`.toLowerCase().includes(search));
  const groups = [...new Set(shown.map((each) => each.group_label))];
  if (!shown.length) return <p class="fx-none">{t("No function does that.")}</p>;
  return (
    <>
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h3 class="st-group fx-grouphead">{group}</h3>
          <ul class="fx-fields">
            {shown.filter((each) => each.group_label === group).map((each) => (
              <li key={each.name}>
                <div class="fx-field">
                  <button class="fx-take fx-func" type="button" title={each.documentation} onFocus={() => (chosen.value = each.name)} onMouseEnter={() => (chosen.value = each.name)} onClick={() => sheet.insert(`${each.name}()`)}>
                    <span class="st-mono tok-f">{each.name}</span><span class="st-xs st-muted st-clip">{each.signature.slice(each.name.length)}</span>
                  </button>
                </div>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
