// Judges the token of an incoming activity before botbuilder sees it: a forged one is refused with 401, whatever is wrong with it.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';

/** Whose signature makes an activity genuine. */
export interface Issuer { openId: string; issuer: string }

export const microsoft: Issuer = { openId: 'https://login.botframework.com/v1/.well-known/openidconfiguration', issuer: 'https://api.botframework.com' };

/** `forged`: never to be believed. `unknown`: the issuer's keys could not be read just now. */
export type Verdict = 'genuine' | 'forged' | 'unknown';

const skewSeconds = 300;
const fetchMilliseconds = 5000;
const Metadata = z.object({ jwks_uri: z.url() });

/**
 * botbuilder verifies the same again, endorsements of the key included; but it answers 500 to a wrong signature under a known key, and
 * a forger must not be able to tell that apart, nor to fill the log.
 */
export function openVerifier(bot: string, { openId, issuer }: Issuer) {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const readKeys = async () => {
    const response = await fetch(openId, { signal: AbortSignal.timeout(fetchMilliseconds) });
    if (!response.ok) throw new Error(`${openId} answered ${response.status}.`);
    return createRemoteJWKSet(new URL(Metadata.parse(await response.json()).jwks_uri), { timeoutDuration: fetchMilliseconds });
  };

  return async (authorization: string | undefined, serviceUrl: unknown): Promise<Verdict> => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!token || typeof serviceUrl !== 'string') return 'forged';
    try {
      keys ??= readKeys();
      const { payload } = await jwtVerify(token, await keys, {
        issuer, audience: bot, algorithms: ['RS256', 'RS384', 'RS512'], clockTolerance: skewSeconds, requiredClaims: ['exp'],
      });
      return payload['serviceurl'] === serviceUrl ? 'genuine' : 'forged';
    } catch (error) {
      // A fetch that failed is none of jose's own errors, save for these two.
      const unreadable = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
      if (!unreadable) return 'forged';
      keys = undefined;
      return 'unknown';
    }
  };
}
