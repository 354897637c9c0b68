// Native dialogs: openers, closers, and the one question before something that cannot be undone.

import { on, one } from "./dom";

export function startDialogs(): void {
  on("click", "[data-dialog]", (_, button) => openDialog(button.dataset.dialog ?? ""));
  on("click", "[data-close-dialog]", (_, button) => button.closest("dialog")?.close());
  on("click", "dialog", (event, dialog) => {
    if (event.target === dialog) (dialog as HTMLDialogElement).close();
  });
  on("submit", "form[data-confirm]", (event, element) => {
    const form = element as HTMLFormElement;
    if (form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // htmx listens on the form itself
    const submitter = event.submitter;
    void confirm(form.dataset.confirm ?? "").then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "1";
      form.requestSubmit(submitter);
    });
  }, { capture: true });
}

export function openDialog(id: string): HTMLDialogElement | null {
  const dialog = one<HTMLDialogElement>(`dialog#${CSS.escape(id)}`);
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

/** Asks in the frame's #confirm dialog; true when the reader agrees. */
export function confirm(question: string): Promise<boolean> {
  const dialog = openDialog("confirm");
  if (!dialog) return Promise.resolve(window.confirm(question));
  const text = one("[data-question]", dialog);
  if (text) text.textContent = question;
  dialog.returnValue = "";
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
