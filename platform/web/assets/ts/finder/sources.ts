// What can be found: places and things to make, commands of the page itself, records on the server.

import { openDialog } from "../lib/dialogs";
import { all, one } from "../lib/dom";
import { getJson } from "../lib/http";
import { t } from "../lib/text";
import type { Group, Item } from "./choices";

const PAUSE_MS = 150;
const MOST = 5;
let offered: Promise<Group[]> | undefined;

/** Asked for once a page; again after it failed. */
export function places(): Promise<Group[]> {
  const app = one("[data-palette]");
  const urls = [app?.dataset.palette, app?.dataset.places].filter((url): url is string => Boolean(url));
  offered ??= Promise.all(urls.map((url) => getJson<Group[]>(url, {}))).then((found) => found.flat());
  offered.catch(() => (offered = undefined));
  return offered;
}

/** Buttons of the page that have a key, and the choices about the page itself. */
export function commands(): Group[] {
  const byKey = new Map<string, Item>(); // the page's own before that of the frame
  for (const each of all("[data-key]:not(input)")) {
    const key = each.dataset.key ?? "";
    if (key.length !== 1 || !each.offsetParent) continue;
    byKey.delete(key);
    byKey.set(key, { label: named(each), icon: "bolt", shortcut: key, run: () => each.click() });
  }
  const here = [...byKey.values()].filter((item) => item.label);
  const looks: Item[] = all("form[data-preferences]").flatMap((form) => {
    const what = one("span", form)?.textContent ?? "";
    return all<HTMLButtonElement>("button[aria-pressed=false]", form).map((button) => ({
      label: `${what}: ${button.textContent ?? ""}`, icon: "adjustments", keys: `${button.name} ${button.value}`.toLowerCase(),
      run: () => button.click(),
    }));
  });
  const sheet: Item = { label: t("Keyboard shortcuts"), icon: "keyboard", shortcut: "?", keys: "shortcuts", run: () => void openDialog("keys") };
  return [{ label: t("On this page"), items: here }, { label: t("Preferences"), items: one("dialog#keys") ? [...looks, sheet] : looks }];
}

function named(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const key of all("kbd", copy)) key.remove();
  return copy.textContent?.trim() || element.getAttribute("aria-label") || "";
}

/** The groups with those of their items that have all the words, the best first. */
export function matching(groups: Group[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.map((group) => {
    const ranked = group.items.map((item) => ({ item, rank: rankOf(item, words) })).filter(({ rank }) => rank > 0);
    ranked.sort((a, b) => b.rank - a.rank);
    return { label: group.label, items: ranked.slice(0, MOST).map(({ item }) => item) };
  });
}

function rankOf(item: Item, words: string[]): number {
  const label = item.label.toLowerCase();
  const whole = `${label} ${item.keys ?? ""}`;
  if (!words.every((word) => whole.includes(word))) return 0;
  const first = words[0] ?? "";
  if (label.startsWith(first)) return 3;
  return whole.split(/\s+/).some((part) => part.startsWith(first)) ? 2 : 1;
}

/** Records, one request after a pause; what was asked before is given up. */
export class Records {
  private timer = 0;
  private asked = 0;

  ask(text: string, take: (groups: Group[]) => void, failed: (words: string) => void): void {
    clearTimeout(this.timer);
    const number = ++this.asked;
    if (!text.trim()) return;
    this.timer = window.setTimeout(() => {
      getJson<Group[]>("/search/suggest", { q: text }).then(
        (groups) => number === this.asked && take(groups),
        (error: unknown) => number === this.asked && failed(reason(error)),
      );
    }, PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }
}

export function reason(error: unknown): string {
  if (!navigator.onLine || error instanceof TypeError) return t("The network is down.");
  if (error instanceof Error && error.message.startsWith("401")) return t("You are signed out. Sign in again in another tab.");
  return t("The server did not answer. Nothing was changed.");
}

/** The last choice: everything that is found, on its own page. */
export function allResults(text: string): Group {
  const url = `/search?q=${encodeURIComponent(text)}`;
  return { label: t("Everything"), items: [{ label: t("All results for “%(text)s”", { text }), icon: "search", url }] };
}
