// Who is here and how to call for them: finds the host, signs in, and hands the session to every page below.
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { api, type Answer } from '../../src/api.ts';
import { dateIn, type PlainDate } from '../../src/domain/date.ts';
import type { Person } from '../../src/domain/organization.ts';
import { asCallError, CallError, caller, type Call } from './call.ts';
import { findHost, type Host } from './host.ts';
import { demoToken, localApi, microsoftToken } from './sign-in.ts';

type Configuration = Answer<typeof api.configuration>;

export interface Session extends Answer<typeof api.session> {
  call: Call;
  host: Host;
  locale: string;
  /** The organization's calendar day, now. */
  day: () => PlainDate;
  /** Signs out, where that is ours to do: in local mode, to become another demo person. */
  leave: (() => void) | undefined;
}

const Context = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(Context);
  if (session === undefined) throw new Error('This part of the page needs somebody signed in above it.');
  return session;
}

export type Start =
  | { step: 'starting' }
  | { step: 'failed'; error: CallError }
  | { step: 'choosing'; people: Person[]; choose: (person: Person) => Promise<void> }
  | { step: 'ready'; session: Session };

const openCall = caller((...request) => fetch(...request), async () => undefined);

/** The way from an empty page to a session. `again` is called when it must be gone anew. */
export function useStart(onHost: (host: Host) => void, again: () => void): Start {
  const [start, setStart] = useState<Start>({ step: 'starting' });

  useEffect(() => {
    let left = false;
    const say = (next: Start) => { if (!left) setStart(next); };
    enter(say, again, onHost).catch(thrown => say({ step: 'failed', error: asCallError(thrown) }));
    return () => { left = true; };
  }, [again, onHost]);

  return start;
}

async function enter(say: (start: Start) => void, again: () => void, onHost: (host: Host) => void): Promise<void> {
  const configuration = await openCall(api.configuration, { params: {} });
  const host = await findHost(window, configuration.local);
  onHost(host);
  const token = await tokenOf(configuration, host);
  if (token === undefined) {
    const { rows } = await openCall(localApi.people, { params: {} });
    say({ step: 'choosing', people: rows, choose: person => becomeDemo(person, again) });
    return;
  }
  const leave = host.kind === 'page' && configuration.local ? () => { demoToken.forget(); again(); } : undefined;
  const call = leavingWhenRefused(caller((...request) => fetch(...request), token), leave);
  const who = await call(api.session, { params: {} });
  say({ step: 'ready', session: { ...who, call, host, locale: host.locale, day: () => dateIn(who.organization.timeZone, new Date()), leave } });
}

async function tokenOf(configuration: Configuration, host: Host): Promise<(() => Promise<string>) | undefined> {
  if (host.token !== undefined) return host.token;
  if (!configuration.local) {
    if (configuration.clientId === undefined) throw new CallError({ kind: 'bug', message: 'This server has no Entra application to sign in with. Its admin must set the client id.' });
    return microsoftToken(configuration.clientId);
  }
  const token = demoToken.kept();
  return token === undefined ? undefined : async () => token;
}

async function becomeDemo(person: Person, again: () => void): Promise<void> {
  const { token } = await openCall(localApi.signIn, { params: {}, body: { person: person.id } });
  demoToken.keep(token);
  again();
}

/** A demo token dies with the server's keys: then the choice of a person comes back instead of an error on every page. */
function leavingWhenRefused(call: Call, leave: (() => void) | undefined): Call {
  if (leave === undefined) return call;
  return async (...given) => {
    try {
      return await call(...given);
    } catch (thrown) {
      if (asCallError(thrown).kind === 'unauthorized') leave();
      throw thrown;
    }
  };
}

export function SessionOf({ session, children }: { session: Session; children: ReactNode }) {
  return <Context.Provider value={session}>{children}</Context.Provider>;
}
