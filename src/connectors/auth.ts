// The ways in: which credential a source takes, and in words which rights it needs. Alternatives live here, not in forms.
import { secret, text, type Field, type Fields } from './field.ts';

/** One way in. `note` tells the person who makes the credential which rights it needs, and which it must not have. */
export interface Way<Id extends string = string, F extends Fields = Fields> {
  readonly id: Id;
  readonly title: string;
  readonly note: string;
  readonly fields: F;
}

interface Said { title?: string; note: string; help?: string }

/** A personal access token or API key: one secret. */
export function token(said: Said): Way<'token', { token: Field<string> }> {
  const title = said.title ?? 'Access token';
  return { id: 'token', title, note: said.note, fields: { token: secret(title, { help: said.help ?? 'Paste the token. It is sealed and never shown again.' }) } };
}

/** User name and password of the source itself. */
export function password(said: Said): Way<'password', { user: Field<string>; password: Field<string> }> {
  return {
    id: 'password', title: said.title ?? 'User name and password', note: said.note,
    fields: {
      user: text('User', { help: said.help ?? 'The name that the source knows this account by.' }),
      password: secret('Password', { help: 'Sealed when saved and never shown again.' }),
    },
  };
}

/** User name (or e-mail) and an API token, sent as HTTP Basic. */
export function basic(said: Said): Way<'basic', { user: Field<string>; token: Field<string> }> {
  return {
    id: 'basic', title: said.title ?? 'User and API token', note: said.note,
    fields: {
      user: text('User', { help: said.help ?? 'Usually an e-mail address.' }),
      token: secret('API token', { help: 'Sealed when saved and never shown again.' }),
    },
  };
}

/** A Google service account's key, the whole JSON file pasted. */
export function serviceAccount(said: Said): Way<'service-account', { key: Field<string> }> {
  return {
    id: 'service-account', title: said.title ?? 'Service account', note: said.note,
    fields: { key: secret('Key (JSON)', { help: said.help ?? 'Paste the whole JSON key file of the service account. It is sealed and never shown again.' }) },
  };
}
