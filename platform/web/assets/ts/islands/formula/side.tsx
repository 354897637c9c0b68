// Beside the editor: the value on the chosen record, the value of each part, and what the function
// at the caret does.

import { useComputed, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { t } from "../../lib/text";
import { functions, type Func, type Step, type Trial } from "./api";
import { callAt } from "./calls";
import { Icon } from "./icon";
import { rangeOf } from "./offsets";
import type { State } from "./sheet";
import type { Bench } from "./trial";

export function Side({ bench, chosen }: { bench: Bench; chosen: Signal<string> }) {
  return (
    <div class="st-sideb fx-side">
      <Value bench={bench} />
      <Steps bench={bench} />
      <Help bench={bench} chosen={chosen} />
      <p class="st-xs st-muted">{t("API names are kept, so a field may change its label without harm.")}</p>
    </div>
  );
}

function waiting(state: State): string {
  if (state === "bad") return t("Shown as soon as the faults are mended.");
  return state === "blank" ? t("Shown as soon as a formula is written.") : t("Computing…");
}

function Value({ bench }: { bench: Bench }) {
  return (
    <section class="st-stack" aria-label={t("Value on the record")}>
      <h2 class="st-group">{t("Value on the record")}</h2>
      <div class="st-card fx-value" aria-live="polite"><Outcome bench={bench} /></div>
    </section>
  );
}

/** The value on the record, or why there is none. */
export function Outcome({ bench }: { bench: Bench }) {
  const { trial, record, refused, sheet } = bench;
  const found = trial.value;
  const old = sheet.state.value === "bad" || bench.text.value !== sheet.text.value;
  return (
    <>
        {!record.value && <p class="st-sm st-muted">{t("Choose a record above to see the value on it.")}</p>}
        {record.value && refused.value && <p class="st-sm st-bad">{refused.value}</p>}
        {record.value && !refused.value && !found && <p class="st-sm st-muted">{waiting(sheet.state.value)}</p>}
        {found && !refused.value && (
          <>
            <output class={old ? "fx-result is-old" : "fx-result"} data-result>
              <Result found={found} />
            </output>
            {found.error && <p class="st-sm st-bad">{found.error.message}</p>}
            {sheet.state.value === "bad" && <p class="st-xs st-muted">{t("As it was before the faults")}</p>}
            {found.unread.length > 0 && <p class="st-xs st-muted">{t("Taken as blank, for you may not read it or it is not published: %(names)s", { names: found.unread.join(", ") })}</p>}
          </>
        )}
    </>
  );
}

/** A link or picture as pages show it: the server let its address pass. */
function Result({ found }: { found: Trial }) {
  const parts = (found.value ?? {}) as Record<string, string | number | null>;
  if (found.error) return <>{`#${found.error.code}!`}</>;
  if (found.type === "link" && parts.url) return <a href={String(parts.url)} target="_blank" rel="noopener noreferrer">{found.display}</a>;
  if (found.type === "picture" && parts.url) {
    return <img class="st-picture" src={String(parts.url)} alt={String(parts.alt ?? "")} height={parts.height ?? undefined} width={parts.width ?? undefined} referrerpolicy="no-referrer" />;
  }
  return <>{found.display || <span class="st-muted">{t("blank")}</span>}</>;
}

function Steps({ bench }: { bench: Bench }) {
  const found = bench.trial.value;
  const steps = (found?.steps.slice(0, -1) ?? []).filter(isFirst);
  if (!found || !steps.length) return null;
  return (
    <section class="st-stack" aria-label={t("Step by step")}>
      <h2 class="st-group">{t("Step by step")}</h2>
      <ul class="st-card fx-steps">
        {steps.map((step) => <StepRow key={`${step.start}-${step.end}`} step={step} bench={bench} />)}
      </ul>
    </section>
  );
}

/** A field that the formula names three times has one value. */
function isFirst(step: Step, index: number, all: Step[]): boolean {
  return all.findIndex((each) => each.text === step.text) === index;
}

function StepRow({ step, bench }: { step: Step; bench: Bench }) {
  const show = () => {
    if (bench.text.value === bench.sheet.text.value) bench.sheet.surface?.select(rangeOf(bench.text.value, step));
  };
  return (
    <li>
      <button type="button" onClick={show} title={step.text}>
        <span class={step.label ? "st-clip" : "st-clip st-mono"}>{step.label || step.text}</span>
        <span class={step.error ? "st-mono st-bad" : "st-mono"}>{step.error ? `#${step.error.code}!` : step.display || t("blank")}</span>
      </button>
    </li>
  );
}

function Help({ bench, chosen }: { bench: Bench; chosen: Signal<string> }) {
  const known = useSignal<Func[]>([]);
  useSignalEffect(() => void functions().then((found) => (known.value = found.functions), () => undefined));
  const standing = useComputed(() => callAt(bench.sheet.text.value, bench.sheet.caret.value));
  useSignalEffect(() => {
    if (standing.value) chosen.value = standing.value.name.toUpperCase();
  });
  const found = known.value.find((each) => each.name === chosen.value);
  if (!found) return null;
  const at = standing.value?.name.toUpperCase() === found.name ? standing.value.argument : -1;
  return (
    <section class="st-stack" aria-label={t("What the function does")}>
      <h2 class="st-group">{t("What the function does")}</h2>
      <div class="st-card fx-help">
        <p class="st-mono st-sm"><b class="tok-f">{found.name}</b>(<Arguments signature={found.signature} at={at} />)</p>
        <p class="st-sm">{found.documentation}</p>
        {found.python_only && <p class="st-xs st-muted"><Icon name="info-circle" size="xs" /> {t("Lists cannot filter or sort by it.")}</p>}
        <ul class="fx-examples">
          {found.examples.slice(0, 3).map((each) => <li key={each.formula}><code>{each.formula}</code> <span aria-hidden="true">→</span> <code>{each.equals}</code></li>)}
        </ul>
      </div>
    </section>
  );
}

function Arguments({ signature, at }: { signature: string; at: number }) {
  const inside = signature.slice(signature.indexOf("(") + 1, -1);
  const parts = inside ? inside.split(", ") : [];
  return <>{parts.map((part, index) => <span key={index}>{index > 0 && ", "}{index === at ? <b>{part}</b> : <span class="st-muted">{part}</span>}</span>)}</>;
}
