// The frame around every page: theme, sign-in, navigation, and which page stands at which address.
import {
  Avatar, Button, FluentProvider, makeStyles, Menu, MenuItemRadio, MenuItem, MenuList, MenuPopover, MenuTrigger, mergeClasses, Spinner,
  Text, Title2, teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme, tokens,
} from '@fluentui/react-components';
import { DarkTheme20Regular, Flag20Filled, PersonSwap20Regular } from '@fluentui/react-icons';
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react';
import { BrowserRouter, Navigate, NavLink, Route, Routes, useLocation } from 'react-router';
import type { Person } from '../../src/domain/organization.ts';
import { useDeed } from './answer.ts';
import type { Host, HostTheme } from './host.ts';
import { Empty, ErrorBar, Loading } from './parts/Notices.tsx';
import { PageLink } from './parts/PageLink.tsx';
import { SessionOf, useSession, useStart } from './session.tsx';

const Goals = lazy(async () => ({ default: (await import('./pages/Goals.tsx')).Goals }));
const Goal = lazy(async () => ({ default: (await import('./pages/Goal.tsx')).Goal }));
const NewGoal = lazy(async () => ({ default: (await import('./pages/GoalForm.tsx')).NewGoal }));
const EditGoal = lazy(async () => ({ default: (await import('./pages/GoalForm.tsx')).EditGoal }));
const Integrations = lazy(async () => ({ default: (await import('./pages/Integrations.tsx')).Integrations }));
const Integration = lazy(async () => ({ default: (await import('./pages/Integration.tsx')).Integration }));

const themes = { light: teamsLightTheme, dark: teamsDarkTheme, contrast: teamsHighContrastTheme };

const useStyles = makeStyles({
  root: { minHeight: '100%', display: 'flex', flexDirection: 'column', backgroundColor: tokens.colorNeutralBackground2 },
  skip: {
    position: 'absolute', left: tokens.spacingHorizontalM, top: '-100px', zIndex: 1, padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground1, color: tokens.colorBrandForegroundLink, ':focus': { top: tokens.spacingVerticalS },
  },
  header: {
    display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: tokens.spacingHorizontalL, padding: `0 ${tokens.spacingHorizontalXL}`,
    backgroundColor: tokens.colorNeutralBackground1, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 480px)': { padding: `0 ${tokens.spacingHorizontalM}`, columnGap: tokens.spacingHorizontalM },
  },
  mark: {
    display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS, color: tokens.colorBrandForeground1,
    '@media (max-width: 480px)': { '& span': { display: 'none' } },
  },
  nav: { display: 'flex', columnGap: tokens.spacingHorizontalM, flexGrow: 1 },
  tab: {
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalXS}`, color: tokens.colorNeutralForeground2, textDecorationLine: 'none', borderBottom: '2px solid transparent', whiteSpace: 'nowrap',
    ':hover': { color: tokens.colorNeutralForeground1, borderBottomColor: tokens.colorNeutralStroke1Hover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px', borderRadius: tokens.borderRadiusMedium },
    // Forced colours paint transparent borders, which would mark every page as the one that is open.
    '@media (forced-colors: active)': { borderBottomColor: 'Canvas' },
  },
  here: {
    color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold, borderBottomColor: tokens.colorCompoundBrandStroke,
    '@media (forced-colors: active)': { borderBottomColor: 'Highlight' },
  },
  tools: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS },
  main: {
    boxSizing: 'border-box', width: '100%', maxWidth: '1400px', margin: '0 auto', flexGrow: 1, padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXL} ${tokens.spacingVerticalXXXL}`,
    '@media (max-width: 480px)': { padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXXXL}` },
  },
  middle: {
    display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalL, maxWidth: '420px', margin: '12vh auto 0',
    padding: tokens.spacingHorizontalL,
  },
  people: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS },
  person: { justifyContent: 'flex-start', padding: tokens.spacingVerticalM },
});

type ThemeChoice = 'system' | HostTheme;
const themeKey = 'waymark.theme';
const themeNames: Record<ThemeChoice, string> = { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' };

function keptTheme(): ThemeChoice {
  const kept = localStorage.getItem(themeKey);
  return kept !== null && kept in themeNames ? (kept as ThemeChoice) : 'system';
}

export function App() {
  const [hostTheme, setHostTheme] = useState<HostTheme>(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  const [host, setHost] = useState<Host>();
  const [choice, setChoice] = useState(keptTheme);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound(n => n + 1), []);
  const found = useCallback((next: Host) => {
    setHost(next);
    setHostTheme(next.theme);
    next.onTheme(setHostTheme);
  }, []);
  const choose = (next: ThemeChoice) => { localStorage.setItem(themeKey, next); setChoice(next); };
  const theme = choice === 'system' || host?.kind === 'teams' ? hostTheme : choice;
  const styles = useStyles();
  return (
    <FluentProvider theme={themes[theme]} style={{ height: '100%', colorScheme: theme === 'light' ? 'light' : 'dark' }}>
      {/* Not the provider itself: its classes also stand on every dialog and list that floats above the page. */}
      <div className={styles.root}>
        <BrowserRouter><Entrance key={round} found={found} again={again} theme={choice} onTheme={choose} /></BrowserRouter>
      </div>
    </FluentProvider>
  );
}

interface ThemeProps { theme: ThemeChoice; onTheme: (theme: ThemeChoice) => void }

function Entrance({ found, again, ...theme }: { found: (host: Host) => void; again: () => void } & ThemeProps) {
  const styles = useStyles();
  const start = useStart(found, again);
  switch (start.step) {
    case 'starting': return <div className={styles.middle}><Spinner label="Opening Waymark" /></div>;
    case 'failed': return <div className={styles.middle}><ErrorBar title="Waymark could not be opened" error={start.error} again={again} /></div>;
    case 'choosing': return <ChoosePerson people={start.people} choose={start.choose} />;
    case 'ready': return <SessionOf session={start.session}><Frame {...theme} /></SessionOf>;
  }
}

function ChoosePerson({ people, choose }: { people: Person[]; choose: (person: Person) => Promise<void> }) {
  const styles = useStyles();
  const deed = useDeed();
  return (
    <main className={styles.middle}>
      <Title2 as="h1" style={{ margin: 0 }}>Who are you today?</Title2>
      <Text>This is a local demo. Pick a person to see Waymark through their eyes; admins may enable integrations.</Text>
      {deed.error !== undefined && <ErrorBar error={deed.error} />}
      <div className={styles.people}>
        {people.map(person => (
          <Button
            key={person.id} size="large" className={styles.person} disabledFocusable={deed.busy}
            icon={<Avatar aria-hidden name={person.name} color="colorful" size={28} />}
            onClick={() => void deed.run(() => choose(person))}
          >
            {person.name}{person.role === 'owner' || person.role === 'admin' ? ` (${person.role})` : ''}
          </Button>
        ))}
      </div>
    </main>
  );
}

function Frame({ theme, onTheme }: ThemeProps) {
  const styles = useStyles();
  const { host, leave, person } = useSession();
  const { pathname } = useLocation();
  const tabClass = ({ isActive }: { isActive: boolean }) => mergeClasses(styles.tab, isActive && styles.here);
  return (
    <>
      <a href="#content" className={styles.skip}>Skip to the content</a>
      <header className={styles.header}>
        <div className={styles.mark}><Flag20Filled aria-hidden /><Text weight="semibold">Waymark</Text></div>
        <nav className={styles.nav} aria-label="Pages">
          <NavLink to="/goals" className={tabClass}>Goals</NavLink>
          <NavLink to="/admin/integrations" className={tabClass}>Integrations</NavLink>
        </nav>
        <div className={styles.tools}>
          {host.kind === 'page' && <ThemeMenu theme={theme} onTheme={onTheme} />}
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <Button
                appearance="subtle" icon={<Avatar aria-hidden initials="" name={person.name} size={24} color="colorful" />}
                aria-label={`Signed in as ${person.name}`}
              />
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                <MenuItem disabled secondaryContent={person.role}>{person.name}</MenuItem>
                {leave !== undefined && <MenuItem icon={<PersonSwap20Regular />} onClick={leave}>Be someone else</MenuItem>}
              </MenuList>
            </MenuPopover>
          </Menu>
        </div>
      </header>
      <main id="content" className={styles.main} tabIndex={-1} style={{ outline: 'none' }}>
        <FromTop key={pathname}><Suspense fallback={<Loading label="Opening the page" />}>
          <Routes>
            <Route path="/" element={<Navigate to={host.opensAt ?? '/goals'} replace />} />
            <Route path="/goals" element={<Goals />} />
            <Route path="/goals/new" element={<NewGoal />} />
            <Route path="/goals/:period/:goal" element={<Goal />} />
            <Route path="/goals/:period/:goal/edit" element={<EditGoal />} />
            <Route path="/admin/integrations" element={<Integrations />} />
            <Route path="/admin/integrations/:integration" element={<Integration />} />
            <Route path="*" element={<Empty page title="There is no such page" action={<PageLink to="/goals">Go to the goals</PageLink>} />} />
          </Routes>
        </Suspense></FromTop>
      </main>
    </>
  );
}

/** Every page is read from its beginning, however far the last one was scrolled. */
function FromTop({ children }: { children: ReactNode }) {
  useEffect(() => { window.scrollTo(0, 0); }, []);
  return children;
}

function ThemeMenu({ theme, onTheme }: ThemeProps) {
  return (
    <Menu
      checkedValues={{ theme: [theme] }}
      onCheckedValueChange={(_, { checkedItems }) => onTheme((checkedItems[0] ?? 'system') as ThemeChoice)}
    >
      <MenuTrigger disableButtonEnhancement><Button appearance="subtle" icon={<DarkTheme20Regular />} aria-label="Theme" /></MenuTrigger>
      <MenuPopover>
        <MenuList>{(Object.keys(themeNames) as ThemeChoice[]).map(name => <MenuItemRadio key={name} name="theme" value={name}>{themeNames[name]}</MenuItemRadio>)}</MenuList>
      </MenuPopover>
    </Menu>
  );
}
