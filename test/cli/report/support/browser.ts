import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BrowserContext, chromium, Page } from 'playwright-core';

/** A busy machine takes its time with a browser. */
const PATIENCE_MS = 120_000;
/** Debian's, which scripts/test installs, or what a machine has already. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);

export interface OpenedPage {
  readonly page: Page;
  /** What the page wrote to the console as an error or warning, what it threw, and each request for something other than itself. */
  readonly complaints: string[];
}

/** A browser of a test file; each page that it opens is watched. */
export class TestBrowser {
  private readonly profile = mkdtempSync(join(tmpdir(), 'pavi-browser-'));
  private context?: BrowserContext;

  public async start(): Promise<void> {
    const executablePath = BROWSERS.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error(`none of ${BROWSERS.join(', ')} is there; install one with: apt-get install chromium`);
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath,
      headless: true,
      timeout: PATIENCE_MS,
      viewport: { width: 1280, height: 900 },
      acceptDownloads: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  }

  public async open(file: string, colorScheme: 'light' | 'dark' = 'light'): Promise<OpenedPage> {
    const page = await this.context!.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const url = pathToFileURL(file).href;
    const complaints: string[] = [];
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
    page.on('request', (request) => { if (request.url() !== url && !request.url().startsWith('blob:')) complaints.push(`request: ${request.url()}`); });
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.emulateMedia({ colorScheme });
    await page.goto(url, { waitUntil: 'load' });
    return { page, complaints };
  }

  public async close(): Promise<void> {
    await this.context?.close();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Waits until the alignment was drawn; the time is that since the page began to load, in milliseconds. */
export async function drawnAfter(page: Page): Promise<number> {
  await page.waitForFunction(() => performance.getEntriesByName('alignment-drawn').length > 0);
  return page.evaluate(() => performance.getEntriesByName('alignment-drawn')[0].startTime);
}
