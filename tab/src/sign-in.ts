// The ways to a token outside Teams: a demo person in local mode, and Microsoft's sign-in page everywhere else.
import { z } from 'zod';
import type { Endpoint } from '../../src/api.ts';
import { Person } from '../../src/domain/organization.ts';

const nothing = z.undefined();

/** These two exist in local mode alone, and so do not stand in the REST contract. */
export const localApi = {
  people: {
    method: 'GET', path: '/api/v1/local/people', summary: 'Demo people', open: true, query: nothing, body: nothing,
    answer: z.object({ rows: z.array(Person) }),
  },
  signIn: {
    method: 'POST', path: '/api/v1/local/sign-in', summary: 'Sign in as a demo person', open: true, query: nothing,
    body: z.object({ person: z.string() }), answer: z.object({ token: z.string() }),
  },
} satisfies Record<string, Endpoint>;

const key = 'waymark.demo-token';

/** The demo person's token, kept for this browser tab alone. */
export const demoToken = {
  kept: (): string | undefined => sessionStorage.getItem(key) ?? undefined,
  keep: (token: string) => sessionStorage.setItem(key, token),
  forget: () => sessionStorage.removeItem(key),
};

/** Signs in with Microsoft by redirect and PKCE. Leaves the page when nobody is signed in; answers how to get a token once somebody is. */
export async function microsoftToken(clientId: string): Promise<() => Promise<string>> {
  const { createStandardPublicClientApplication, InteractionRequiredAuthError } = await import('@azure/msal-browser');
  const app = await createStandardPublicClientApplication({
    auth: { clientId, authority: 'https://login.microsoftonline.com/organizations', redirectUri: location.origin },
    cache: { cacheLocation: 'sessionStorage' },
  });
  const scopes = [`${clientId}/.default`];
  const back = await app.handleRedirectPromise();
  const account = back?.account ?? app.getAllAccounts()[0];
  if (account === undefined) {
    await app.loginRedirect({ scopes });
    return leaving();
  }
  return async () => {
    try {
      return (await app.acquireTokenSilent({ scopes, account })).accessToken;
    } catch (thrown) {
      if (!(thrown instanceof InteractionRequiredAuthError)) throw thrown;
      await app.acquireTokenRedirect({ scopes, account });
      return leaving();
    }
  };
}

/** The browser is on its way to another page: nothing after this is to run. */
function leaving(): Promise<never> {
  return new Promise(() => {});
}
