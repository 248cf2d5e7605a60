import type { Page } from 'playwright-core';

/**
 * What a reader would stumble over: parts wider than the window, and text with less contrast than WCAG 2.2 asks for (4.5, or
 * 3 for large text).
 */
export function pageProblems(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(source);
}

// Runs in the browser, whose types the tests do not have.
const source = `(() => {
  const problems = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 1);
    problems.push('wider than ' + width + ': ' + (wide.at(-1)?.outerHTML.slice(0, 120) ?? ''));
  }
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  // Whatever a colour is written as: what is drawn of it on a ground.
  const over = (colour, ground) => {
    canvas.fillStyle = 'rgb(' + ground.join() + ')';
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const groundOf = (element) => {
    const own = element.parentElement === null ? [255, 255, 255] : groundOf(element.parentElement);
    return over(getComputedStyle(element).backgroundColor, own);
  };
  const luminance = (colour) =>
    colour
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join('');
    if (text === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('svg, script, style, :disabled') !== null) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [a, b] = [luminance(over(style.color, ground)), luminance(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) problems.push('contrast ' + ratio.toFixed(2) + ': ' + text.slice(0, 60));
  }
  return problems;
})()`;
