// What the real table service does and Azurite never shows: throttling, lost answers, silence, short and empty pages.
import type { HttpClient } from '../store/azure.ts';

type Request = Parameters<HttpClient['sendRequest']>[0];
type Response = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** An HTTP client for `openStore` that lets a test see and change everything that passes. */
export function intercepted(intercept: (request: Request, pass: (request: Request) => Promise<Response>) => Promise<Response>): HttpClient {
  return { sendRequest: request => intercept(request, pass) };
}

/** The first three: refused or dropped on the way there. The last: carried out, but the answer is lost on the way back. */
export type Fault = 500 | 503 | 'reset' | 'silence' | 'answer lost';
export const faults: readonly Fault[] = [503, 500, 'reset', 'silence', 'answer lost'];

/** Every request meets the fault that `fault` names for it, counting from 1; none when it names none. */
export function faulty(fault: (request: Request, n: number) => Fault | undefined): HttpClient {
  let count = 0;
  return intercepted(async (request, pass) => {
    const met = fault(request, ++count);
    switch (met) {
      case undefined: return pass(request);
      case 500: return answer(request, 500, tableError('OperationTimedOut'));
      case 503: return answer(request, 503, tableError('ServerBusy'));
      case 'reset': throw connectionReset();
      case 'silence': throw abortedTry();
      case 'answer lost': await pass(request); throw connectionReset();
    }
  });
}

/** An error in the table service's own shape. */
export function tableError(code: string): unknown {
  return { 'odata.error': { code, message: { lang: 'en-US', value: `${code} (injected)` } } };
}

export function answer(request: Request, status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return { request, status, headers: headersOf({ 'content-type': 'application/json', ...headers }), bodyAsText: JSON.stringify(body) };
}

async function pass(request: Request): Promise<Response> {
  const headers = Object.entries(request.headers.toJSON()).filter(([name]) => !['connection', 'content-length', 'accept-encoding'].includes(name));
  const response = await fetch(request.url, { method: request.method, headers, ...(request.body ? { body: String(request.body) } : {}) });
  return { request, status: response.status, headers: headersOf(response.headers), bodyAsText: await response.text() };
}

function headersOf(from: ConstructorParameters<typeof Headers>[0]): Response['headers'] {
  const headers = new Headers(from);
  return {
    get: name => headers.get(name) ?? undefined,
    has: name => headers.has(name),
    set: (name, value) => headers.set(name, String(value)),
    delete: name => headers.delete(name),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers.entries(),
  };
}

/** As the SDK's own client ends a try that takes too long. */
function abortedTry(): Error {
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}

function connectionReset(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'RestError', code: 'ECONNRESET' });
}
