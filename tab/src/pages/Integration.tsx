// One integration: its connections and how they fare, and turning it off.
import {
  Button, Link, makeStyles, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarBody, Text, Title2, tokens,
} from '@fluentui/react-components';
import {
  Add20Regular, ArrowSync20Regular, CheckmarkCircle16Filled, Clock16Regular, MoreHorizontal20Regular, Warning16Filled,
} from '@fluentui/react-icons';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, type ConnectionView, type IntegrationView } from '../../../src/api.ts';
import { refusal } from '../../../src/domain/permission.ts';
import { useAnswer, useDeed } from '../answer.ts';
import { webAddress } from '../feed-words.ts';
import { whyNot } from '../integration-words.ts';
import { Ago, Due } from '../parts/Ago.tsx';
import { Confirm } from '../parts/Confirm.tsx';
import { Empty, ErrorBar, Loading } from '../parts/Notices.tsx';
import { PageLink } from '../parts/PageLink.tsx';
import { Panel } from '../parts/Panel.tsx';
import { TroubleBar } from '../parts/TroubleBar.tsx';
import { useTitle } from '../parts/use-title.ts';
import { places } from '../places.ts';
import { useSession } from '../session.tsx';

const ConnectionDialog = lazy(async () => ({ default: (await import('../parts/ConnectionDialog.tsx')).ConnectionDialog }));

const useStyles = makeStyles({
  crumbs: { marginBottom: tokens.spacingVerticalXS, lineHeight: '24px', '& a': { lineHeight: '24px' } },
  head: {
    display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: tokens.spacingHorizontalM, marginBottom: tokens.spacingVerticalL,
  },
  title: { flexGrow: 1, minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
  groups: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  row: {
    display: 'grid', rowGap: tokens.spacingVerticalS, padding: `${tokens.spacingVerticalM} 0`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`, ':first-child': { borderTopStyle: 'none', paddingTop: 0 },
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  name: { flexGrow: 1, minWidth: 0, flexBasis: '200px', overflowWrap: 'anywhere' },
  health: { display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, whiteSpace: 'nowrap' },
  fresh: { flexBasis: '270px' },
  actions: { display: 'flex', columnGap: tokens.spacingHorizontalXS },
});

export function Integration() {
  const { integration: id = '' } = useParams();
  const styles = useStyles();
  const { call, organization } = useSession();
  const params = { organization: organization.id };
  const [syncing, setSyncing] = useState(false);
  const { answer, error, reload } = useAnswer(async signal => {
    const [integrations, connections] = await Promise.all([
      call(api.integrations, { params }, signal),
      call(api.connections, { params, query: { integration: id } }, signal),
    ]);
    return { integration: integrations.rows.find(row => row.id === id), connections: connections.rows };
  }, `${organization.id}/${id}`, syncing ? 3 : 30);
  const [editing, setEditing] = useState<{ connection: ConnectionView | undefined }>();
  useTitle(answer?.integration?.name ?? 'Integration');
  useEffect(() => {
    if (!syncing) return undefined;
    const timer = setTimeout(() => setSyncing(false), 30_000);
    return () => clearTimeout(timer);
  }, [syncing]);

  const crumbs = <nav className={styles.crumbs} aria-label="Where this page stands"><PageLink to={places.integrations()}>Integrations</PageLink></nav>;
  if (answer === undefined) return <>{crumbs}{error === undefined ? <Loading label="Loading the integration" rows={4} height={40} /> : <ErrorBar error={error} again={() => void reload()} />}</>;
  const { integration, connections } = answer;
  if (integration === undefined) return <>{crumbs}<Empty page title="There is no such integration" action={<PageLink to={places.integrations()}>See all integrations</PageLink>} /></>;
  const why = whyNot(integration);
  const terms = webAddress(integration.terms);

  return (
    <>
      {crumbs}
      <div className={styles.head}>
        <div className={styles.title}>
          <Title2 as="h1" style={{ margin: 0 }}>{integration.name}</Title2>
          <Text block className={styles.quiet}>
            {integration.category}{terms !== undefined && <> · <Link href={terms} target="_blank" rel="noreferrer" inline>Terms</Link></>}
          </Text>
        </div>
        {integration.enabled && <Disable integration={integration} />}
      </div>
      <div className={styles.groups}>
        {error !== undefined && <ErrorBar title="This page may be out of date" error={error} again={() => void reload()} />}
        {integration.type === 'data' && why !== undefined && <MessageBar intent="info" layout="multiline"><MessageBarBody>{why}</MessageBarBody></MessageBar>}
        {integration.type === 'data' && (
          <Panel
            title="Connections"
            action={why === undefined && <Button appearance="primary" icon={<Add20Regular />} onClick={() => setEditing({ connection: undefined })}>New connection</Button>}
          >
            {connections.length === 0 && <Text className={styles.quiet}>No connections yet. A connection is one account of {integration.name}; several are told apart by their names.</Text>}
            {connections.length > 0 && (
              <ul className={styles.list}>
                {connections.map(connection => (
                  <Row
                    key={connection.id} connection={connection} reload={reload} onSync={() => setSyncing(true)}
                    onEdit={() => setEditing({ connection })}
                  />
                ))}
              </ul>
            )}
          </Panel>
        )}
      </div>
      {editing !== undefined && (
        <Suspense>
          <ConnectionDialog
            integration={integration} connection={editing.connection} onClose={() => setEditing(undefined)}
            onSaved={() => { setEditing(undefined); void reload(); }}
          />
        </Suspense>
      )}
    </>
  );
}

function Row({ connection, reload, onSync, onEdit }: { connection: ConnectionView; reload: () => Promise<void>; onSync: () => void; onEdit: () => void }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const params = { organization: organization.id, connection: connection.id };
  const sync = useDeed();
  const remove = useDeed();
  const [removing, setRemoving] = useState(false);
  const syncNow = () => sync.run(async () => { await call(api.syncConnection, { params }); onSync(); });
  const removeNow = async () => {
    const done = await remove.run(async () => { await call(api.deleteConnection, { params }); });
    if (!done) return;
    setRemoving(false);
    await reload();
  };
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div className={styles.name}>
          <Text weight="semibold" block>{connection.name}</Text>
          <Text size={200} className={styles.quiet}>
            {connection.owner.name} · {connection.shared ? 'shared with all users' : 'private'} · every {connection.everyMinutes === 60 ? 'hour' : `${connection.everyMinutes} minutes`}
          </Text>
        </div>
        <div className={styles.fresh}>
          <Health connection={connection} />
          <Text block size={200} className={styles.quiet}>
            {connection.lastSync === null ? 'Not synced yet' : <>Last sync <Ago at={connection.lastSync} /></>}
            {connection.nextSync !== null && <>, next <Due at={connection.nextSync} /></>}
          </Text>
        </div>
        <div className={styles.actions}>
          <Button icon={<ArrowSync20Regular />} disabledFocusable={sync.busy} onClick={() => void syncNow()}>Sync now</Button>
          {connection.mayEdit && (
            <Menu>
              <MenuTrigger disableButtonEnhancement>
                <Button appearance="subtle" icon={<MoreHorizontal20Regular />} aria-label={`More about ${connection.name}`} />
              </MenuTrigger>
              <MenuPopover><MenuList>
                <MenuItem onClick={onEdit}>Edit</MenuItem>
                <MenuItem onClick={() => { remove.clear(); setRemoving(true); }}>Delete</MenuItem>
              </MenuList></MenuPopover>
            </Menu>
          )}
        </div>
      </div>
      {sync.error !== undefined && <ErrorBar error={sync.error} />}
      {connection.problem !== null && <TroubleBar trouble={connection.problem} />}
      {removing && (
        <Confirm title={`Delete ${connection.name}?`} yes="Delete" deed={remove} onYes={() => void removeNow()} onNo={() => setRemoving(false)}>
          <Text block>Its settings and its credential are deleted. A connection that goals still read from cannot be deleted.</Text>
        </Confirm>
      )}
    </li>
  );
}

function Health({ connection }: { connection: ConnectionView }) {
  const styles = useStyles();
  if (connection.problem !== null) return <span className={styles.health} style={{ color: tokens.colorStatusWarningForeground1 }}><Warning16Filled aria-hidden />Needs attention</span>;
  if (connection.lastSync === null) return <span className={styles.health}><Clock16Regular aria-hidden />Waiting for its first sync</span>;
  return <span className={styles.health} style={{ color: tokens.colorStatusSuccessForeground1 }}><CheckmarkCircle16Filled aria-hidden />Healthy</span>;
}

function Disable({ integration }: { integration: IntegrationView }) {
  const { call, organization, person } = useSession();
  const navigate = useNavigate();
  const deed = useDeed();
  const [asking, setAsking] = useState(false);
  const refused = refusal(person, { do: 'manage-integrations' });
  const disable = async () => {
    const done = await deed.run(async () => { await call(api.enableIntegration, { params: { organization: organization.id, integration: integration.id }, body: { enabled: false } }); });
    if (done) await navigate(places.integrations());
  };
  return (
    <>
      <Button disabledFocusable={refused !== undefined} title={refused} onClick={() => { deed.clear(); setAsking(true); }}>Disable</Button>
      {asking && (
        <Confirm title={`Disable ${integration.name}?`} yes="Disable" deed={deed} onYes={() => void disable()} onNo={() => setAsking(false)}>
          <Text block>
            {integration.connections > 0
              ? `Goals linked through its ${integration.connections === 1 ? 'connection' : `${integration.connections} connections`} stop syncing and keep their last value. The connections stay, and work again once ${integration.name} is enabled.`
              : `Nobody will be able to add connections to ${integration.name} until it is enabled again.`}
          </Text>
        </Confirm>
      )}
    </>
  );
}
