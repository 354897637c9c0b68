// Loaded by every page: htmx, and the behaviours that all pages share.

import { startAlive } from "./lib/alive";
import { startDialogs } from "./lib/dialogs";
import { on, one } from "./lib/dom";
import { dropSent } from "./lib/sent";
import { startElements } from "./lib/elements";
import { startFinder } from "./lib/finder";
import { startJobs } from "./lib/jobs";
import { startKeys } from "./lib/keys";
import { startMine } from "./lib/mine";
import { startNetwork } from "./lib/network";
import { startPopovers } from "./lib/popovers";
import { startPreferences } from "./lib/preferences";
import { startToasts } from "./lib/toast";
import { startTrail } from "./lib/trail";

startAlive();
startNetwork();
startPopovers();
startDialogs();
startKeys();
startPreferences();
startToasts();
startElements();
startFinder();
startMine();
startTrail();
startJobs();
if (one(".st-sign")) dropSent();

on("click", "[data-reveal]", (_, button) => {
  const input = one<HTMLInputElement>(`#${CSS.escape(button.dataset.reveal ?? "")}`);
  if (!input) return;
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

on("click", "[data-fill]", (_, button) => {
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill ?? "{}") as Record<string, string>)) {
    const input = one<HTMLInputElement>(`input[name="${CSS.escape(name)}"]`);
    if (input) input.value = value;
  }
  one<HTMLElement>("button[type=submit].btn-primary")?.focus();
});

on("click", "[data-back]", (event) => {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
});
