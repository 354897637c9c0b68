// An icon of the sprite inside a Preact tree.

export function Icon({ name, size = "" }: { name: string; size?: string }) {
  const href = `${document.documentElement.dataset.icons ?? ""}#${name}`;
  return (
    <svg class={size ? `icon icon-${size}` : "icon"} aria-hidden="true">
      <use href={href} />
    </svg>
  );
}
