// htmx boot: the token on every request, the busy line, words for failures, the offline strip.

import "htmx.org";
import { all, on, one } from "./dom";
import { sign } from "./http";
import { t } from "./text";
import { toast } from "./toast";

const SENDERS = "form:not([method=dialog], [data-preferences], [role=search]) button:is([type=submit], :not([type])):not(:disabled)";
let running = 0;

export function startNetwork(): void {
  document.addEventListener("htmx:config:request", (event) => {
    sign(event.detail.ctx.request.headers);
  });
  document.addEventListener("htmx:before:request", () => busy(1));
  document.addEventListener("htmx:finally:request", () => busy(-1));
  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail.ctx.response;
    if (response && response.status >= 500) failed(response.headers.get("x-request-id") ?? "");
  });
  document.addEventListener("htmx:error", () => navigator.onLine || strip());
  addEventListener("offline", strip);
  addEventListener("online", strip);
  strip();
  startSubmits();
}

function busy(change: number): void {
  running = Math.max(0, running + change);
  one(".st-main")?.classList.toggle("is-loading", running > 0);
}

function failed(requestId: string): void {
  const text = requestId
    ? t("The server did not answer. Nothing was changed. Request %(id)s", { id: requestId })
    : t("The server did not answer. Nothing was changed.");
  toast({ text, icon: "alert-circle", seconds: 10 });
}

/** Typing goes on while the network is away, sending does not. */
function strip(): void {
  const note = one("#offline");
  if (note) note.hidden = navigator.onLine;
  for (const button of all<HTMLButtonElement>(navigator.onLine ? "button[data-offline]" : SENDERS)) {
    button.disabled = !navigator.onLine;
    button.toggleAttribute("data-offline", !navigator.onLine);
  }
}

/** A form goes once: its button turns while it is on the way, and nothing goes while offline. */
function startSubmits(): void {
  on("submit", "form:not([method=dialog])", (event, form) => {
    if (!navigator.onLine && !form.matches("[data-preferences]")) return event.preventDefault();
    if (form.dataset.sent && !form.matches("[hx-get], [hx-post], [data-htmx-powered]")) return event.preventDefault();
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "1";
      event.submitter?.classList.add("is-busy");
      event.submitter?.setAttribute("aria-busy", "true");
    });
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    document.querySelectorAll(".btn.is-busy").forEach((button) => {
      button.classList.remove("is-busy");
      button.removeAttribute("aria-busy");
    });
  });
}
