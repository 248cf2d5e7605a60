import { Html, type HtmlValue, html } from './html.js';
import { styles } from './styles.js';

/** A whole page: one file that asks nothing of the network, which its policy forbids too. */
export function page(title: string, header: HtmlValue, sections: HtmlValue, footer: HtmlValue): string {
  const document = html`${Html.trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${Html.trusted(styles)}</style>
</head>
<body>
<header>${header}</header>
<main>${sections}</main>
<footer>${footer}</footer>
</body>
</html>
`;
  return document.toString();
}

/** A section with its heading; nothing where there is nothing to say. */
export function section(heading: string, content: HtmlValue): Html {
  return html`<section><h2>${heading}</h2>${content}</section>`;
}

/** What may be wider than the screen, and is then scrolled by itself: reached by the keyboard too. */
export function scrollable(label: string, content: HtmlValue): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

/** A list of terms; those without a value are left out. */
export function definitions(entries: readonly (readonly [string, HtmlValue])[]): Html {
  const given = entries.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return html`<dl>${given.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A number in a table's cell. */
export function numberCell(text: string, below = ''): Html {
  return html`<td class="number">${text}${below === '' ? null : html`<span class="range">${below}</span>`}</td>`;
}
