// Where the tab runs: inside Teams, which signs people in and sets the theme, or as a plain web page.

export type HostTheme = 'light' | 'dark' | 'contrast';

export interface Host {
  readonly kind: 'teams' | 'page';
  readonly locale: string;
  /** Where a deep link wants to go, as a path of ours. */
  readonly opensAt: string | undefined;
  readonly theme: HostTheme;
  /** Says the theme whenever it changes. */
  onTheme(say: (theme: HostTheme) => void): void;
  /** The signed-in person's token; only Teams has one to give. */
  readonly token: (() => Promise<string>) | undefined;
}

const patience = 3000;

/** Teams when it answers within three seconds; a foreign frame that says nothing leaves a plain page. `local` lets a loopback page stand in for Teams. */
export async function findHost(page: Window, local: boolean): Promise<Host> {
  if (page.parent === page) return plainPage(page);
  const { app, authentication } = await import('@microsoft/teams-js');
  const stand = local ? loopback(page.location.ancestorOrigins?.[0] ?? page.document.referrer) : undefined;
  try {
    await within(patience, app.initialize(stand === undefined ? undefined : [stand]));
  } catch (silent) {
    console.info('Teams does not answer, so this is a plain web page.', silent);
    return plainPage(page);
  }
  const context = await app.getContext();
  const path = context.page.subPageId;
  return {
    kind: 'teams',
    locale: usable([context.app.locale, ...page.navigator.languages]),
    opensAt: path?.startsWith('/') && !path.startsWith('//') ? path : undefined,
    theme: themeOf(context.app.theme),
    onTheme: say => app.registerOnThemeChangeHandler(name => say(themeOf(name))),
    token: () => authentication.getAuthToken(),
  };
}

function plainPage(page: Window): Host {
  const dark = page.matchMedia('(prefers-color-scheme: dark)');
  const forced = page.matchMedia('(forced-colors: active)');
  const theme = () => (forced.matches ? 'contrast' : dark.matches ? 'dark' : 'light');
  return {
    kind: 'page',
    locale: usable(page.navigator.languages),
    opensAt: undefined,
    theme: theme(),
    onTheme: say => [dark, forced].forEach(query => query.addEventListener('change', () => say(theme()))),
    token: undefined,
  };
}

function themeOf(name: string): HostTheme {
  if (name === 'dark' || name === 'contrast') return name;
  return name === 'glass' ? 'dark' : 'light';
}

/** The first locale that dates and numbers can be written in. Teams and browsers also say some that are none, such as `en-US@posix`. */
export function usable(locales: readonly string[]): string {
  return locales.find(isLocale) ?? 'en';
}

function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length > 0;
  } catch (wrong) {
    if (wrong instanceof RangeError) return false;
    throw wrong;
  }
}

/** The origin of an address on this very machine; `undefined` for every other. */
export function loopback(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, origin } = new URL(address);
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]' ? origin : undefined;
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return Promise.race([work, new Promise<never>((_, reject) => { setTimeout(() => reject(new Error('no answer in time')), milliseconds); })]);
}
