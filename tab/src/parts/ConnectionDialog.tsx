// Making or changing a connection to a source: drawn from what its connector says it needs.
import {
  Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, makeStyles, MessageBar,
  MessageBarBody, Select, Switch, Text, tokens,
} from '@fluentui/react-components';
import { useRef, useState } from 'react';
import { api, type ConnectionBody, type ConnectionView, type IntegrationView } from '../../../src/api.ts';
import { useDeed } from '../answer.ts';
import { errorsUnder } from '../call.ts';
import { FormFields } from '../form/FormFields.tsx';
import { read, textsOf } from '../form/values.ts';
import { useSession } from '../session.tsx';
import { fault, focusFault, intoView } from './attention.ts';
import { ErrorBar } from './Notices.tsx';

const useStyles = makeStyles({ content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM } });

interface Props {
  integration: IntegrationView;
  /** The connection to change; absent when making one. */
  connection?: ConnectionView | undefined;
  onClose: () => void;
  onSaved: (connection: ConnectionView) => void;
}

export function ConnectionDialog({ integration, connection, onClose, onSaved }: Props) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const [name, setName] = useState(connection?.name ?? integration.name);
  const [shared, setShared] = useState(connection?.shared ?? false);
  const [authId, setAuthId] = useState(connection?.auth ?? integration.auth[0]?.id ?? '');
  const auth = integration.auth.find(a => a.id === authId);
  const [settings, setSettings] = useState(() => textsOf(integration.connection, connection?.settings));
  const [credential, setCredential] = useState(() => textsOf(auth?.fields ?? []));
  const [missing, setMissing] = useState<{ name?: string; settings: Record<string, string>; credential: Record<string, string> }>({ settings: {}, credential: {} });
  const [works, setWorks] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const test = useDeed();
  const save = useDeed();
  const params = { organization: organization.id };
  const keeps = connection !== undefined && connection.auth === authId;
  const error = save.error ?? test.error;
  const said = error?.errors ?? {};

  /** Whatever is changed makes the last test and its errors worthless. */
  const changed = <T,>(set: (value: T) => void) => (value: T) => { set(value); setWorks(false); test.clear(); save.clear(); };

  const body = (): ConnectionBody | undefined => {
    const place = read(integration.connection, settings);
    const untouched = keeps && Object.values(credential).every(text => text === '');
    const key = untouched ? { ok: true as const, values: undefined } : read(auth?.fields ?? [], credential);
    const nameless = name.trim() === '';
    setMissing({ ...(nameless ? { name: 'Name the connection.' } : {}), settings: place.ok ? {} : place.errors, credential: key.ok ? {} : key.errors });
    if (nameless || !place.ok || !key.ok) {
      focusFault(form.current);
      return undefined;
    }
    const texts = key.values && Object.fromEntries(Object.entries(key.values).map(([field, value]) => [field, String(value)]));
    return { integration: integration.id, name: name.trim(), shared, auth: authId, settings: place.values, ...(texts === undefined ? {} : { credential: texts }) };
  };

  const tryIt = async () => {
    const filled = body();
    if (filled === undefined) return;
    save.clear();
    setWorks(false);
    setWorks(await test.run(async () => { await call(api.validateConnection, { params, body: { ...filled, ...(connection === undefined ? {} : { id: connection.id }) } }); }));
  };

  const keep = async () => {
    const filled = body();
    if (filled === undefined) return;
    test.clear();
    await save.run(async () => onSaved(connection === undefined
      ? await call(api.createConnection, { params, body: filled })
      : await call(api.updateConnection, { params: { ...params, connection: connection.id }, body: filled })));
  };

  return (
    <Dialog open onOpenChange={(_, { type }) => { if (type === 'escapeKeyDown') onClose(); }}>
      <DialogSurface>
        <form ref={form} noValidate onSubmit={event => { event.preventDefault(); event.stopPropagation(); void keep(); }}>
          <DialogBody>
            <DialogTitle>{connection === undefined ? `New connection to ${integration.name}` : `Change ${connection.name}`}</DialogTitle>
            <DialogContent className={styles.content}>
              <Field
                label="Connection name" required hint="People see this name when they link a goal."
                {...fault(missing.name ?? said['name'])}
              >
                <Input value={name} maxLength={120} autoComplete="off" onChange={(_, data) => changed(setName)(data.value)} />
              </Field>
              <FormFields
                fields={integration.connection} texts={settings} onChange={changed(setSettings)}
                errors={{ ...errorsUnder(said, 'settings'), ...missing.settings }}
              />
              {integration.auth.length > 1 && (
                <Field label="Way to sign in">
                  <Select
                    value={authId}
                    onChange={(_, data) => { setAuthId(data.value); changed(setCredential)(textsOf(integration.auth.find(a => a.id === data.value)?.fields ?? [])); }}
                  >
                    {integration.auth.map(way => <option key={way.id} value={way.id}>{way.title}</option>)}
                  </Select>
                </Field>
              )}
              {auth !== undefined && auth.note !== '' && <Text size={200} style={{ color: tokens.colorNeutralForeground3 }}>{auth.note}</Text>}
              {auth !== undefined && <FormFields fields={auth.fields} texts={credential} onChange={changed(setCredential)} errors={{ ...errorsUnder(said, 'credential'), ...missing.credential }} keepsSecrets={keeps} />}
              <Field hint={shared ? 'Everybody in the organization may link goals to it. Nobody ever sees the credential.' : 'Only you and admins may link goals to it.'}>
                <Switch label="Share connection with all users" checked={shared} onChange={(_, data) => setShared(data.checked)} />
              </Field>
              {error !== undefined && <div ref={intoView}><ErrorBar error={error} /></div>}
              {works && <div ref={intoView}><MessageBar intent="success"><MessageBarBody>The connection works.</MessageBarBody></MessageBar></div>}
            </DialogContent>
            <DialogActions fluid>
              <Button onClick={() => void tryIt()} disabledFocusable={test.busy || save.busy}>
                {test.busy ? 'Testing…' : 'Test connection'}
              </Button>
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" appearance="primary" disabledFocusable={test.busy || save.busy}>{save.busy ? 'Saving…' : 'Save'}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
