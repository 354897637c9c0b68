// A publishing in the background: asks how far it is and goes to what came of it.

import { one } from "../lib/dom";
import { getJson } from "../lib/http";
import { t } from "../lib/text";

interface Job {
  status: string;
  done: number;
  total: number | null;
  result: { version?: number; refused?: string } | null;
}

const PAUSE_MS = 1000;

export function startJob(): void {
  const host = one("[data-job]");
  if (host) void follow(host);
}

async function follow(host: HTMLElement): Promise<void> {
  const job = await getJson<Job>(host.dataset.job ?? "", {}).catch(() => null);
  if (job?.status === "done") return finish(host, job);
  if (job?.status === "failed" || job?.status === "cancelled") return refuse(host, "internal");
  if (job) show(host, job);
  setTimeout(() => void follow(host), PAUSE_MS);
}

function show(host: HTMLElement, job: Job): void {
  const text = one("[data-job-text]", host);
  if (text) text.textContent = job.status === "running" ? t("In progress") : t("Waiting for a worker");
  const bar = one("[data-job-bar]", host);
  const part = job.total ? Math.round((100 * job.done) / job.total) : job.status === "running" ? 40 : 4;
  bar?.setAttribute("aria-valuenow", String(part));
  one("[data-job-bar] > *", host)?.style.setProperty("--w", `${part}%`);
}

function finish(host: HTMLElement, job: Job): void {
  if (job.result?.refused) return refuse(host, job.result.refused);
  location.assign(`${host.dataset.done ?? ""}${job.result?.version ?? ""}?new=1`);
}

function refuse(host: HTMLElement, code: string): void {
  const form = one<HTMLFormElement>("[data-job-refused]", host);
  const input = form ? one<HTMLInputElement>("input[name=code]", form) : null;
  if (input) input.value = code;
  if (form) form.hidden = false;
  for (const part of ["[data-job-bar]", "[data-job-text]", "[data-job-title]"]) {
    const element = one(part, host);
    if (element) element.hidden = true;
  }
}
