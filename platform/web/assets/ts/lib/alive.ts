// Before a form with somebody's work in it is sent: are they still signed in? If not, the form
// stays as it is; signing in again in another tab makes it good to send.

import { all, icon, make, on, one } from "./dom";
import { csrfToken } from "./http";
import { t } from "./text";

const FRESH_MS = 60_000;
const LEFT = "fieldstone:left";
let sure = Date.now();

/** A page that has just been drawn is believed; not one that lay for a while, nor when a sign-in
    page was shown in another tab since. */
export function startAlive(): void {
  if (one(".st-sign")) localStorage.setItem(LEFT, String(Date.now()));
  addEventListener("storage", (event) => {
    if (event.key === LEFT) sure = 0;
  });
  on("submit", "form[data-save][method=post]", (event, element) => {
    const form = element as HTMLFormElement;
    if (!one("[data-palette]") || !navigator.onLine || event.defaultPrevented) return;
    if (form.dataset.alive || Date.now() - sure < FRESH_MS) {
      delete form.dataset.alive;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    void isAlive().then((alive) => {
      one("[data-signed-out]", form)?.remove();
      if (!alive) return tell(form);
      form.dataset.alive = "1";
      form.requestSubmit(submitter);
    });
  }, { capture: true });
}

/** Only a clear no stops a form; the page then carries the token of the session there is. */
async function isAlive(): Promise<boolean> {
  try {
    const response = await fetch("/api/v1/session", { headers: { Accept: "application/json" } });
    if (response.status === 401) return false;
    const session = response.ok ? ((await response.json()) as { csrf_token?: string; account?: string }) : {};
    if (session.account && session.account !== one("[data-account]")?.dataset.account) return false; // somebody else
    if (session.csrf_token && session.csrf_token !== csrfToken()) renew(session.csrf_token);
  } catch {
    return true; // the network is away or answers nonsense: sending will tell
  }
  sure = Date.now();
  return true;
}

function renew(token: string): void {
  one<HTMLMetaElement>('meta[name="csrf-token"]')?.setAttribute("content", token);
  for (const input of all<HTMLInputElement>("input[name=csrf_token]")) input.value = token;
}

function tell(form: HTMLFormElement): void {
  const link = make("a", { href: "/sign-in", target: "_blank", rel: "opener" }, t("Sign in in a new tab"));
  const words = make("div", { class: "st-grow" }, make("b", {}, t("You are signed out. Nothing you typed is lost.")), " ",
    t("Sign in again, then save here once more."), " ", link);
  const note = make("div", { class: "st-note st-note-warn st-strip", role: "alert", "data-signed-out": "" }, icon("lock"), words);
  (one(".st-savebar", form) ?? form.lastElementChild ?? form).before(note);
  link.focus();
}
