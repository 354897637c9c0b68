// Which form went to the server last: its draft is dropped by the page that comes after, unless
// that is the sign-in page, because then nothing was saved.

const SENT = "fieldstone:sent";

export function markSent(draft: string): void {
  sessionStorage.setItem(SENT, draft);
}

export function takeSent(): string | null {
  const sent = sessionStorage.getItem(SENT);
  dropSent();
  return sent;
}

export function dropSent(): void {
  sessionStorage.removeItem(SENT);
}
