// Hooks around calls: an answer that keeps itself fresh while it is looked at, and a deed that is under way or has failed.
import { useCallback, useEffect, useRef, useState } from 'react';
import { asCallError, type CallError } from './call.ts';

export interface Answered<T> {
  /** The last good answer; it stays when a later try fails. */
  answer: T | undefined;
  /** What was answered before `of` changed, to be shown greyed until the new answer is here. */
  previous: T | undefined;
  /** Why the latest try failed. */
  error: CallError | undefined;
  reload: () => Promise<void>;
}

interface State<T> { of: string; answer?: T; error?: CallError }

/**
 * Asks, and asks again every so many seconds while the page is visible. `of` names what is asked for: when it changes, the old answer
 * is dropped. A slower, older answer never replaces a newer one.
 */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, of: string, everySeconds?: number): Answered<T> {
  const [state, setState] = useState<State<T>>({ of });
  const latest = useRef(ask);
  const turn = useRef(0);
  useEffect(() => { latest.current = ask; });

  const load = useCallback(async (signal: AbortSignal) => {
    const mine = ++turn.current;
    const current = () => mine === turn.current && !signal.aborted;
    try {
      const answer = await latest.current(signal);
      if (current()) setState({ of, answer });
    } catch (thrown) {
      if (current()) setState(was => ({ ...(was.of === of ? was : { of }), error: asCallError(thrown) }));
    }
  }, [of]);

  const reload = useCallback(() => load(new AbortController().signal), [load]);

  useEffect(() => {
    const abort = new AbortController();
    const again = () => { if (document.visibilityState === 'visible') void load(abort.signal); };
    void load(abort.signal);
    const timer = everySeconds === undefined ? undefined : setInterval(again, everySeconds * 1000);
    if (everySeconds !== undefined) document.addEventListener('visibilitychange', again);
    return () => {
      abort.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [load, everySeconds]);

  const fitting = state.of === of ? state : undefined;
  return { answer: fitting?.answer, previous: state.answer, error: fitting?.error, reload };
}

/** For what may be gone by now: nothing instead of an error. */
export function noneIfNotFound(thrown: unknown): undefined {
  if (asCallError(thrown).kind !== 'not-found') throw thrown;
}

export interface Deed {
  busy: boolean;
  error: CallError | undefined;
  /** Does it, one at a time. Answers whether it worked. */
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

export function useDeed(): Deed {
  const [state, setState] = useState<{ busy: boolean; error?: CallError }>({ busy: false });
  const busy = useRef(false);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (busy.current) return false;
    busy.current = true;
    setState({ busy: true });
    try {
      await work();
      setState({ busy: false });
      return true;
    } catch (thrown) {
      setState({ busy: false, error: asCallError(thrown) });
      return false;
    } finally {
      busy.current = false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false }), []);
  return { busy: state.busy, error: state.error, run, clear };
}

/** The time, renewed every so many seconds, for ages that grow while somebody looks at them. */
export function useNow(everySeconds = 15): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}

/** `value` once it has stood still for so many milliseconds. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
