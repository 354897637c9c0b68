// <fs-signature>: a pad to sign on; each pause sends the drawing as a PNG and keeps its file id.

import { one } from "../lib/dom";
import { upload } from "../lib/http";
import { t } from "../lib/text";

const PAUSE_MS = 700;
const INK = "#1f1d1a";

export class SignaturePad extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const canvas = one<HTMLCanvasElement>("canvas", this);
    const pen = canvas?.getContext("2d");
    if (!canvas || !pen) return;
    const scale = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    pen.scale(scale, scale);
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.strokeStyle = INK;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      clearTimeout(this.timer);
      pen.beginPath();
      pen.moveTo(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      pen.lineTo(event.offsetX, event.offsetY);
      pen.stroke();
    });
    canvas.addEventListener("pointerup", () => {
      this.timer = window.setTimeout(() => this.keep(canvas), PAUSE_MS);
    });
    one("[data-clear]", this)?.addEventListener("click", () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      this.set("", "");
    });
    one<HTMLInputElement>("input[type=file]", this)?.addEventListener("change", (event) => {
      const file = (event.target as HTMLInputElement).files?.[0];
      if (file) void this.send(file);
    });
  }

  private keep(canvas: HTMLCanvasElement): void {
    canvas.toBlob((drawing) => {
      if (drawing) void this.send(new File([drawing], "signature.png", { type: "image/png" }));
    }, "image/png");
  }

  private async send(file: File): Promise<void> {
    try {
      const stored = await upload(file, () => undefined);
      this.set(stored.id, t("Signature kept"));
    } catch {
      this.set("", t("The signature did not arrive. Sign once more."));
    }
  }

  private set(id: string, words: string): void {
    const field = one<HTMLInputElement>("input[type=hidden]", this);
    const status = one("[role=status]", this);
    if (field) field.value = id;
    if (status) status.textContent = words;
  }
}
