// Requests of our own: same origin, with the CSRF token. Pages and fragments go through htmx.

const HEADER = "X-CSRF-Token";

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

export function sign(headers: Record<string, string>): void {
  headers[HEADER] = csrfToken();
}

export async function post(url: string, values: Record<string, string> | URLSearchParams): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(values), headers: { [HEADER]: csrfToken() } });
}

export async function getJson<T>(url: string, query: Record<string, string>): Promise<T> {
  const target = new URL(url, location.href);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  const response = await fetch(target, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status} ${target.pathname}`);
  return (await response.json()) as T;
}

/** Sends JSON and answers JSON. Rejects with the server's words, or with a TypeError while it is away. */
export async function postJson<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json", Accept: "application/json", [HEADER]: csrfToken() };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers, signal: signal ?? null });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Error(problemText(answer) || `${response.status}`);
  return answer as T;
}

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  url: string;
  thumb?: string;
}

/** Uploads one file to /files and tells how far it is (0…1). Rejects with the server's words. */
export function upload(file: File, progress: (part: number) => void): Promise<StoredFile> {
  const body = new FormData();
  body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", "/files");
  request.setRequestHeader(HEADER, csrfToken());
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => progress(event.loaded / (event.total || 1)));
    request.addEventListener("error", () => reject(new Error("")));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response as StoredFile);
      else reject(new Error(problemText(request.response)));
    });
    request.send(body);
  });
}

function problemText(answer: unknown): string {
  if (typeof answer !== "object" || answer === null) return "";
  const { problems, title } = answer as { problems?: { message?: string }[]; title?: string };
  return problems?.[0]?.message ?? title ?? "";
}
