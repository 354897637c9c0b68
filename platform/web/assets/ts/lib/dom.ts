// Small words for the DOM.

export function one<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E | null {
  return root.querySelector<E>(selector);
}

export function all<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E[] {
  return [...root.querySelectorAll<E>(selector)];
}

/** Listens on the document for events inside elements that match, also those swapped in later. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  handler: (event: DocumentEventMap[K], element: HTMLElement) => void,
  options?: AddEventListenerOptions,
): void {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (element) handler(event, element);
  }, options);
}

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite, as the template macro draws it. */
export function icon(name: string, size = ""): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", size ? `icon icon-${size}` : "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

export function isPhone(): boolean {
  return matchMedia("(max-width: 767px)").matches;
}

export function hasMouse(): boolean {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

export function language(): string {
  return document.documentElement.lang;
}

export function adopt(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
