// Admin › Integrations: every row of the catalogue, what it is, and whether it is on.
import {
  Button, Caption1, Link, makeStyles, MessageBar, MessageBarBody, SearchBox, Select, Text, Title2, tokens,
} from '@fluentui/react-components';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, type IntegrationView } from '../../../src/api.ts';
import { refusal } from '../../../src/domain/permission.ts';
import { useAnswer, useDeed } from '../answer.ts';
import { webAddress } from '../feed-words.ts';
import { isBuilt, whyNot } from '../integration-words.ts';
import { Confirm } from '../parts/Confirm.tsx';
import { Empty, ErrorBar, Loading } from '../parts/Notices.tsx';
import { PageButton } from '../parts/PageLink.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useTitle } from '../parts/use-title.ts';
import { places } from '../places.ts';
import { useSession } from '../session.tsx';

const useStyles = makeStyles({
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM, marginBottom: tokens.spacingVerticalL },
  title: { margin: 0, flexGrow: 1 },
  search: { width: '240px', maxWidth: '100%', '@media (max-width: 760px)': { width: '100%' } },
  groups: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL },
  list: {
    listStyleType: 'none', margin: 0, padding: 0, display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 480px), 1fr))', columnGap: tokens.spacingHorizontalXXXL,
  },
  row: {
    display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto 96px', columnGap: tokens.spacingHorizontalM, alignItems: 'center', minHeight: '32px',
    padding: `${tokens.spacingVerticalS} 0`, borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 480px)': { gridTemplateColumns: 'minmax(0, 1fr) auto', '& > :nth-child(2)': { gridRowStart: 2, gridColumnStart: 1 } },
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  state: {
    display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, color: tokens.colorStatusSuccessForeground1,
    whiteSpace: 'nowrap',
  },
  action: { justifySelf: 'end' },
});

const filters = { all: 'All', enabled: 'Enabled', available: 'Available to enable' } as const;
type Filter = keyof typeof filters;

const categories: readonly IntegrationView['category'][] = ['In-boundary Microsoft 365', 'Cross-boundary Microsoft', 'Third-party'];

/** What is on comes first, then what can be. */
function rank(row: IntegrationView): number {
  return row.enabled ? 0 : isBuilt(row) || row.blocked === undefined ? 1 : 2;
}

export function Integrations() {
  useTitle('Integrations');
  const styles = useStyles();
  const { call, organization, person } = useSession();
  const { answer, error, reload } = useAnswer(signal => call(api.integrations, { params: { organization: organization.id } }, signal), organization.id);
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [enabling, setEnabling] = useState<IntegrationView>();
  const refused = refusal(person, { do: 'manage-integrations' });
  const rows = (answer?.rows ?? []).filter(row => fits(row, filter, search));

  return (
    <>
      <div className={styles.head}>
        <div className={styles.title}>
          <Title2 as="h1" style={{ margin: 0 }}>Integrations</Title2>
          <Text block className={styles.quiet}>What goals can be kept current from, and where they can be talked about.</Text>
        </div>
        <SearchBox
          className={styles.search} aria-label="Search integrations" placeholder="Search integrations" value={search}
          onChange={(_, { value }) => setSearch(value)}
        />
        <Select aria-label="Show" value={filter} onChange={(_, { value }) => setFilter(value as Filter)}>
          {(Object.keys(filters) as Filter[]).map(name => <option key={name} value={name}>{filters[name]}</option>)}
        </Select>
      </div>
      <div className={styles.groups}>
        {refused !== undefined && <MessageBar intent="info" layout="multiline"><MessageBarBody>{refused} You can add your own connections to what is enabled.</MessageBarBody></MessageBar>}
        {error !== undefined && <ErrorBar error={error} again={() => void reload()} />}
        {answer === undefined && error === undefined && <Loading label="Loading the integrations" rows={12} height={32} />}
        {answer !== undefined && rows.length === 0 && <Empty title="No integration fits">Clear the search, or show all.</Empty>}
        {categories.filter(category => rows.some(row => row.category === category)).map(category => (
          <Panel key={category} title={category}>
            <ul className={styles.list}>
              {rows.filter(row => row.category === category).toSorted((a, b) => rank(a) - rank(b)).map(row => <Row key={row.id} row={row} refused={refused} onEnable={() => setEnabling(row)} />)}
            </ul>
          </Panel>
        ))}
      </div>
      {enabling !== undefined && <Enable integration={enabling} onClose={() => setEnabling(undefined)} />}
    </>
  );
}

function fits(row: IntegrationView, filter: Filter, search: string): boolean {
  if (filter === 'enabled' && !row.enabled) return false;
  if (filter === 'available' && (row.enabled || !isBuilt(row))) return false;
  return row.name.toLowerCase().includes(search.trim().toLowerCase());
}

function Row({ row, refused, onEnable }: { row: IntegrationView; refused: string | undefined; onEnable: () => void }) {
  const styles = useStyles();
  const terms = webAddress(row.terms);
  const why = row.enabled || !isBuilt(row) ? whyNot(row) : undefined;
  const partOfUs = row.type === 'collaboration' && row.blocked === undefined;
  return (
    <li className={styles.row}>
      <div>
        <Text weight="semibold" block>{row.name}</Text>
        <Caption1 className={styles.quiet}>
          {row.type === 'data' ? 'Data' : 'Collaboration'}
          {row.connections > 0 && <> · {row.connections === 1 ? '1 connection' : `${row.connections} connections`}</>}
          {row.terms !== '' && <> · {terms === undefined ? row.terms : <Link href={terms} target="_blank" rel="noreferrer" aria-label={`Terms of ${row.name}`} inline>Terms</Link>}</>}
          {why !== undefined && <> · {why}</>}
        </Caption1>
      </div>
      <div>{(row.enabled || partOfUs) && <span className={styles.state}><CheckmarkCircle16Filled aria-hidden />{row.enabled ? 'Enabled' : 'Part of Waymark'}</span>}</div>
      <div className={styles.action}>
        {row.enabled && <PageButton to={places.integration(row.id)} aria-label={`Manage ${row.name}`}>Manage</PageButton>}
        {!row.enabled && isBuilt(row) && <Button disabledFocusable={refused !== undefined} title={refused} onClick={onEnable} aria-label={`Enable ${row.name}`}>Enable</Button>}
      </div>
    </li>
  );
}

function Enable({ integration, onClose }: { integration: IntegrationView; onClose: () => void }) {
  const { call, organization } = useSession();
  const navigate = useNavigate();
  const deed = useDeed();
  const enable = async () => {
    const done = await deed.run(async () => { await call(api.enableIntegration, { params: { organization: organization.id, integration: integration.id }, body: { enabled: true } }); });
    if (done) await navigate(places.integration(integration.id));
  };
  return (
    <Confirm title={`Enable ${integration.name}?`} yes="Enable" deed={deed} onYes={() => void enable()} onNo={onClose}>
      <Text block>
        Everybody in {organization.name} will be able to add connections to {integration.name} and link goals to what they read. Waymark only reads, about once an hour. Nothing is read before somebody adds a connection.
      </Text>
    </Confirm>
  );
}
