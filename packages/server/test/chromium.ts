import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Where Chromium and Chrome are installed by their packages; TOOLTUNE_CHROMIUM names another place. */
const places = [
  ...(process.env.TOOLTUNE_CHROMIUM === undefined ? [] : [process.env.TOOLTUNE_CHROMIUM]),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** The browser of this machine, or undefined. */
export const chromiumPath = places.find((path) => existsSync(path));

/** Chromium without a window. A container's root may not have a sandbox. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
}
