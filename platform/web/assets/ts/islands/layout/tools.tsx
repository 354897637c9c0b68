// Above the canvas: undo, redo, the device; and what must not be forgotten.

// sprite icons: arrow-forward-up device-desktop device-mobile

import { t, tn } from "../../lib/text";
import { Icon } from "../formula/icon";
import { canRedo, canUndo, phone, placed, redo, undo, type Props } from "./state";

export function Tools() {
  return (
    <>
      <div class="st-seg" role="group" aria-label={t("Steps")}>
        <button type="button" disabled={!canUndo.value} onClick={undo} aria-label={t("Undo")} title="Ctrl+Z"><Icon name="arrow-back-up" size="sm" /></button>
        <button type="button" disabled={!canRedo.value} onClick={redo} aria-label={t("Redo")} title="Ctrl+Shift+Z"><Icon name="arrow-forward-up" size="sm" /></button>
      </div>
      <span class="st-vr st-no-phone" />
      <div class="st-seg st-no-phone" role="group" aria-label={t("Device")}>
        <button type="button" aria-pressed={!phone.value} onClick={() => (phone.value = false)}><Icon name="device-desktop" size="sm" />{t("Desktop")}</button>
        <button type="button" aria-pressed={phone.value} onClick={() => (phone.value = true)}><Icon name="device-mobile" size="sm" />{t("Phone")}</button>
      </div>
    </>
  );
}

/** Fields that must be filled in and stand nowhere. */
export function missing(props: Props): Props["fields"] {
  return props.fields.filter((each) => each.required && !each.computed && !each.system && !placed.value.has(each.name));
}

export function Warning({ props }: { props: Props }) {
  const count = missing(props).length;
  if (!count) return null;
  return (
    <span class="st-sm st-warn" role="status">
      <Icon name="alert-triangle" size="sm" /> {tn("%(count)s required field is not placed", "%(count)s required fields are not placed", count)}
    </span>
  );
}
