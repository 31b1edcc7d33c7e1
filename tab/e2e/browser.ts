// A real Chromium for the browser tests, all of it from npm: the browser, the libraries it needs and a font.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium as playwright } from 'playwright-core';

/** Unpacked once, next to what npm installed: 210 MB that must not fall to whoever cleans the system's temporary folder. */
const unpacked = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'chromium');

/** Flags that keep Chromium from calling home; it gets no network but what a test lets through. */
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'];

export async function startBrowser(): Promise<Browser> {
  mkdirSync(unpacked, { recursive: true });
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = unpacked; // where @sparticuz/chromium unpacks to
  try {
    const { default: chromium, inflate } = await import('@sparticuz/chromium');
    const executablePath = await chromium.executablePath();
    const bin = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
    const libraries = join(await inflate(join(bin, 'al2023.tar.br')), 'lib');
    return await playwright.launch({
      executablePath,
      args: quiet,
      env: { ...definedOnly(process.env), LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fontsFile() },
    });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/** The package's own list of font folders names the system's temporary folder; without this one no text is drawn on a machine without fonts. */
function fontsFile(): string {
  const file = join(unpacked, 'fonts.conf');
  writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${join(unpacked, 'fonts')}</dir><cachedir>${join(unpacked, 'fonts-cache')}</cachedir></fontconfig>`);
  return file;
}

export type Theme = 'light' | 'dark' | 'contrast';

/** A fresh profile that can reach this machine and nothing else. */
export async function openContext(browser: Browser, options: { width?: number; height?: number; theme?: Theme; locale?: string } = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.theme === 'light' || options.theme === undefined ? 'light' : 'dark',
    forcedColors: options.theme === 'contrast' ? 'active' : 'none',
    reducedMotion: 'reduce',
    locale: options.locale ?? 'en-GB',
  });
  await context.route(url => !['127.0.0.1', 'localhost'].includes(url.hostname), route => route.abort());
  return context;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
