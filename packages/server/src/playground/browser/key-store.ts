const name = 'tooltune-api-key';

/** The key of this tab, or undefined; where the browser keeps nothing there is none. */
export function readKey(): string | undefined {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the key until the tab is closed, where the browser allows it. */
export function keepKey(key: string): void {
  try {
    sessionStorage.setItem(name, key);
  } catch {
    // It holds until the page is loaded anew.
  }
}
