// Stands in for Microsoft's token issuers: Entra ID for people in the tab, the Bot Framework for activities. Real signatures over real key sets,
// so that local mode and tests go through the same verification as production.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type JWTPayload } from 'jose';

export interface Entra {
  readonly url: string;
  /** What the server must be told so that it trusts this issuer instead of Microsoft's. */
  readonly trust: EntraTrust;
  /** An access token for the tab's API, as Teams SSO or a browser sign-in would get it. Valid for an hour. An `admin` bears the app role of goals administrators. */
  personToken(person: { tenant: string; id: string; name: string; email?: string; admin?: boolean }, changes?: JWTPayload): Promise<string>;
  /** A token as the Bot Connector sends it with an activity. */
  botToken(serviceUrl: string, changes?: JWTPayload): Promise<string>;
  /** Signs any claims with the published key; for tests of refusals. */
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
  stop(): Promise<void>;
}

export interface EntraTrust {
  clientId: string;
  botId: string;
  /** Key set for people's tokens. */
  keys: string;
  /** `{tenant}` stands for the token's own tenant, as in Entra's v2.0 issuer. */
  issuer: string;
  botOpenId: string;
  botIssuer: string;
}

const clientId = '5f0a3e0c-7b4d-4c58-9f6d-2f1d5c1f7a01';
const botIssuer = 'https://api.botframework.com';
const now = () => Math.floor(Date.now() / 1000);

export async function startEntra({ botId = '5f0a3e0c-7b4d-4c58-9f6d-2f1d5c1f7a02' }: { botId?: string } = {}): Promise<Entra> {
  const kid = 'waymark-local';
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256', endorsements: ['msteams'] }] };

  const server = createServer((req, res) => {
    const documents: Record<string, unknown> = {
      '/discovery/v2.0/keys': keySet,
      '/bot/keys': keySet,
      '/bot/.well-known/openidconfiguration': {
        issuer: botIssuer, jwks_uri: `${url}/bot/keys`, id_token_signing_alg_values_supported: ['RS256'],
        authorization_endpoint: 'https://invalid.botframework.com', token_endpoint_auth_methods_supported: ['private_key_jwt'],
      },
    };
    const document = documents[req.url ?? ''];
    res.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }); // restify patches writeHead for the whole process: it answers nothing
    res.end(JSON.stringify(document ?? { error: 'not found' }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign = (claims: JWTPayload, header: { alg?: string; kid?: string } = {}) =>
    new SignJWT({ nbf: now() - 60, exp: now() + 3600, iat: now(), ...claims }).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header }).sign(privateKey);

  return {
    url,
    trust: { clientId, botId, keys: `${url}/discovery/v2.0/keys`, issuer: `${url}/{tenant}/v2.0`, botOpenId: `${url}/bot/.well-known/openidconfiguration`, botIssuer },
    sign,
    personToken: (person, changes = {}) => sign({
      iss: `${url}/${person.tenant}/v2.0`, aud: clientId, tid: person.tenant, oid: person.id, name: person.name,
      ...(person.email ? { preferred_username: person.email } : {}), ...(person.admin ? { roles: ['Waymark.Administrator'] } : {}), scp: 'access_as_user', ver: '2.0', ...changes,
    }),
    botToken: (serviceUrl, changes = {}) => sign({ iss: botIssuer, aud: botId, serviceurl: serviceUrl, ...changes }),
    stop: () => new Promise(resolve => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}
