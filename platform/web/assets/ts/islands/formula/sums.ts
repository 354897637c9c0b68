// How a field of a related list is written: inside a function that makes one value of many.

import { callAt } from "./calls";
import type { Sheet } from "./sheet";

const AGGREGATES = ["COUNT", "SUM", "AVG", "MIN", "MAX", "COUNTDISTINCT", "ANY", "ALL", "FIRST", "LAST", "JOIN"];
const BY_TYPE: Record<string, string> = { "": "COUNT", number: "SUM", date: "MAX", datetime: "MAX", time: "MAX" };

/** `type` is that of the field, "" for the list itself. Inside such a function the path stands alone. */
export function aggregated(sheet: Sheet, path: string, type: string): string {
  const text = sheet.text.value;
  const from = sheet.surface?.selection().from ?? text.length;
  const inside = callAt(text, from)?.name.toUpperCase() ?? "";
  if (AGGREGATES.includes(inside)) return path;
  if (type === "boolean") return `ANY(${path.split(".")[0]}, ${path})`;
  if (type === "text") return `JOIN(${path}, ", ")`;
  return `${BY_TYPE[type] ?? "COUNTDISTINCT"}(${path})`;
}
