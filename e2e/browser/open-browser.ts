import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

/** A page in a real browser that notes whatever it does wrong. */
export interface Tab {
  readonly page: Page;
  /** What the page said in the console, asked in vain, or asked of somebody else: a page that works has none. */
  readonly faults: readonly string[];
  /** Keeps the page as it looks now, in both themes: `dist/browser/<name>-light.png` and `-dark.png`. */
  keep(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A real browser: Debian's Chromium, or what CHROMIUM names. */
export interface Browser {
  /** Opens a tab of a person of their own, signed in where a token is given. */
  open(url: string, token?: string): Promise<Tab>;
  close(): Promise<void>;
}

/** Where the pictures are kept; CI takes them from here. */
export const pictures = path.resolve(import.meta.dirname, '../../dist/browser');

/** Starts the browser. */
export const openBrowser = async (): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    // Chromium refuses its own sandbox to root, as which CI runs.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  return {
    open: async (url, token) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
      context.setDefaultTimeout(20_000);
      if (token !== undefined) await rememberToken(context, token);
      const faults: string[] = [];
      const page = await context.newPage();
      watch(page, new URL(url).origin, faults);
      await page.goto(url);
      return { page, faults, keep: (name) => keep(page, name), close: () => context.close() };
    },
    close: () => browser.close(),
  };
};

/** Waits until the screen no longer says that it is loading. */
export const settled = async (page: Page): Promise<void> => {
  await page.locator('main [aria-label$="loading"]').first().waitFor({ state: 'detached' });
};

const chromiumPath = (): string => {
  const found = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (file) => file !== undefined && existsSync(file),
  );
  if (found !== undefined) return found;
  throw new Error('there is no Chromium: install it (apt install chromium), or name it in CHROMIUM');
};

/** As if this tab had signed in before. */
const rememberToken = async (context: BrowserContext, token: string): Promise<void> => {
  await context.addInitScript({
    content: `sessionStorage.setItem('openstack-migrate.token', ${JSON.stringify(token)})`,
  });
};

const watch = (page: Page, origin: string, faults: string[]): void => {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:') faults.push(`asks ${url.href}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400)
      faults.push(`${response.status()} of ${response.request().method()} ${response.url()}`);
  });
};

const keep = async (page: Page, name: string): Promise<void> => {
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(pictures, `${name}-${colorScheme}.png`), animations: 'disabled' });
  }
};
