type Child = Node | string;

/** An element with attributes and children; an attribute that is undefined is left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

/** An element of the page. @throws Error where the page has none of this id and kind */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
}

/** A bar as long as a share; its number stands beside it in words. @param share from 0 to 1 */
export function meter(share: number): HTMLElement {
  return withShare(element('span', { class: 'meter', 'aria-hidden': 'true' }), share);
}

/** Sets what the style sheet takes a bar's length from. A style attribute would be against the page's policy. */
export function withShare<Made extends HTMLElement>(made: Made, share: number): Made {
  made.style.setProperty('--share', share.toFixed(4));
  return made;
}
