// The page that stands in for Teams: who I am, where I am, and the demonstration's screws.
import { useEffect, useMemo, useState } from 'react';
import {
  Avatar, Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, FluentProvider, InlineDrawer, Menu, MenuItemRadio, MenuList, MenuPopover, MenuTrigger,
  MessageBar, MessageBarActions, MessageBarBody, OverlayDrawer, Spinner, Subtitle2, Text, Toaster, Tooltip, makeStyles,
  teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme, tokens,
} from '@fluentui/react-components';
import { DarkTheme20Regular, Database20Regular, Dismiss20Regular } from '@fluentui/react-icons';
import { Controls } from './Controls.tsx';
import { unreadCount } from './conversation.tsx';
import { Pane } from './Pane.tsx';
import { ConversationField, Rail } from './Rail.tsx';
import { deedsOf, useSandbox } from './sandbox-state.ts';
import type { Conversation, Message, Person, State } from './shape.ts';
import { toasts, WhoContext, type Theme, type Who } from './who.tsx';

const themes = { light: teamsLightTheme, dark: teamsDarkTheme, contrast: teamsHighContrastTheme };
const themeNames: Record<Theme, string> = { light: 'Light', dark: 'Dark', contrast: 'High contrast' };
const themeKey = 'waymark.sandbox-theme';
const roomForRail = '(min-width: 720px)';
const roomForTwo = '(min-width: 1080px)';
const roomForDrawer = '(min-width: 1400px)';

const useStyles = makeStyles({
  page: { height: '100%', display: 'grid', gridTemplateRows: 'auto auto minmax(0, 1fr)', gridTemplateColumns: 'minmax(0, 1fr)', backgroundColor: tokens.colorNeutralBackground3, color: tokens.colorNeutralForeground1 },
  centre: { height: '100%', display: 'grid', placeItems: 'center', padding: tokens.spacingHorizontalL, boxSizing: 'border-box' },
  bar: {
    display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS, minHeight: '48px', padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  title: { margin: 0, '@media (max-width: 719px)': { flexGrow: 1 } },
  about: { color: tokens.colorNeutralForeground3, flexGrow: 1, '@media (max-width: 719px)': { display: 'none' } },
  // Phones have no room for the words beside the signs; they are still read aloud.
  words: { '@media (max-width: 719px)': { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' } },
  sign: { '@media (max-width: 719px)': { minWidth: 'auto' } },
  // The drawer slides in from outside the page, which must not make the page scroll.
  main: { display: 'flex', minHeight: 0, minWidth: 0, overflow: 'clip' },
  rail: { flex: '0 0 220px', display: 'grid', minHeight: 0 },
  panes: { flex: '1 1 0', display: 'grid', gridAutoFlow: 'column', gridAutoColumns: 'minmax(0, 1fr)', columnGap: '1px', backgroundColor: tokens.colorNeutralStroke2, minWidth: 0, minHeight: 0 },
  one: { flex: '1 1 0', display: 'grid', gridTemplateRows: 'auto minmax(0, 1fr)', minWidth: 0, minHeight: 0 },
  drawer: { width: '320px', maxWidth: '100vw' },
});

export function Sandbox() {
  const [theme, setTheme] = useState<Theme>(firstTheme);
  const [person, setPerson] = useState<string>();
  const sandbox = useSandbox(person);
  const styles = useStyles();
  const choose = (next: Theme) => {
    localStorage.setItem(themeKey, next);
    setTheme(next);
  };

  return (
    <FluentProvider theme={themes[theme]} style={{ height: '100%' }}>
      {sandbox.step === 'loading' && <div className={styles.centre}><Spinner label="Opening the sandbox" /></div>}
      {sandbox.step === 'failed' && (
        <div className={styles.centre}>
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{sandbox.problem}</MessageBarBody>
            <MessageBarActions><Button onClick={sandbox.again}>Try again</Button></MessageBarActions>
          </MessageBar>
        </div>
      )}
      {sandbox.step === 'ready' && <Teams state={sandbox.state} connected={sandbox.connected} onRead={sandbox.onRead} onChange={sandbox.again} person={person} theme={theme} onTheme={choose} onPerson={setPerson} />}
      <Toaster toasterId={toasts} position="bottom" />
    </FluentProvider>
  );
}

interface TeamsProps { state: State; connected: boolean; onRead: (message: Message) => void; onChange: () => void; person: string | undefined; theme: Theme; onTheme: (theme: Theme) => void; onPerson: (person: string) => void }

function Teams({ state, connected, onRead, onChange, person, theme, onTheme, onPerson }: TeamsProps) {
  const styles = useStyles();
  const { world, messages, read } = state;
  const me = world.people.find(({ id }) => id === person) ?? world.people[0]!;
  const who = useMemo<Who>(() => ({ me, world, theme, deeds: deedsOf(me.id) }), [me, world, theme]);
  const [withRail, withTwo, withDrawer] = [useMedia(roomForRail), useMedia(roomForTwo), useMedia(roomForDrawer)];
  const [drawer, setDrawer] = useState<boolean>();
  const drawerOpen = drawer ?? withDrawer;

  const mine = world.conversations.filter(({ members }) => members.includes(me.id));
  const [channelId, setChannelId] = useState<string>();
  const [chatId, setChatId] = useState<string>();
  const [latest, setLatest] = useState<'channel' | 'chat'>('channel');
  const channels = mine.filter(({ kind }) => kind === 'channel');
  const chats = mine.filter(({ kind }) => kind !== 'channel');
  const channel = channels.find(({ id }) => id === channelId) ?? channels[0];
  const chat = chats.find(({ id }) => id === chatId) ?? chats[0];
  const open = (withTwo ? [channel, chat] : [latest === 'channel' ? channel : chat]).filter(one => one !== undefined);

  const onOpen = (conversation: Conversation) => {
    const side = conversation.kind === 'channel' ? 'channel' : 'chat';
    (side === 'channel' ? setChannelId : setChatId)(conversation.id);
    setLatest(side);
  };
  const of = (conversation: Conversation) => messages.filter(message => message.conversation === conversation.id);
  const unread = (conversation: Conversation) => unreadCount(conversation, messages, read[conversation.id], me.id);

  const rail = { conversations: mine, open: open.map(({ id }) => id), unread, onOpen };
  const controls = <Controls controls={state.controls} onChange={onChange} />;
  return (
    <WhoContext value={who}>
      <div className={styles.page}>
        <header className={styles.bar}>
          <Subtitle2 as="h1" className={styles.title}>{world.bot.name}</Subtitle2>
          <Text className={styles.about}>sandbox, standing in for Teams</Text>
          <Button className={styles.sign} appearance="subtle" icon={<Database20Regular />} aria-expanded={drawerOpen} onClick={() => setDrawer(!drawerOpen)}>
            <span className={styles.words}>Change the source</span>
          </Button>
          <ThemeMenu theme={theme} onTheme={onTheme} />
          <PersonMenu me={me} people={world.people} onPerson={onPerson} />
        </header>
        <output>
          {!connected && <MessageBar intent="warning"><MessageBarBody>The sandbox does not answer; this page tries again by itself. Is "npm start" still running?</MessageBarBody></MessageBar>}
        </output>
        <main className={styles.main}>
          {withRail && <div className={styles.rail}><Rail {...rail} /></div>}
          <div className={styles.one}>
            {withRail ? <span /> : <ConversationField {...rail} />}
            <div className={styles.panes} style={{ height: '100%' }}>
              {open.map(conversation => <Pane key={`${me.id} ${conversation.id}`} conversation={conversation} messages={of(conversation)} onRead={onRead}
                unread={isBehind(read[conversation.id], of(conversation).at(-1)?.id)} />)}
            </div>
          </div>
          {withDrawer
            ? <InlineDrawer className={styles.drawer} open={drawerOpen} separator position="end"><DrawerParts onClose={() => setDrawer(false)}>{controls}</DrawerParts></InlineDrawer>
            : <OverlayDrawer className={styles.drawer} open={drawerOpen} position="end" onOpenChange={(_, { open: wanted }) => setDrawer(wanted)}><DrawerParts onClose={() => setDrawer(false)}>{controls}</DrawerParts></OverlayDrawer>}
        </main>
      </div>
    </WhoContext>
  );
}

function DrawerParts({ onClose, children }: { onClose: () => void; children: React.ReactNode }) {
  return (
    <>
      <DrawerHeader>
        <DrawerHeaderTitle action={<Tooltip content="Close" relationship="label"><Button appearance="subtle" icon={<Dismiss20Regular />} onClick={onClose} /></Tooltip>}>Change the source</DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>{children}</DrawerBody>
    </>
  );
}

function ThemeMenu({ theme, onTheme }: { theme: Theme; onTheme: (theme: Theme) => void }) {
  return (
    <Menu checkedValues={{ theme: [theme] }} onCheckedValueChange={(_, { checkedItems }) => onTheme(checkedItems[0] as Theme)}>
      <Tooltip content="Theme" relationship="label">
        <MenuTrigger disableButtonEnhancement><Button appearance="subtle" icon={<DarkTheme20Regular />} /></MenuTrigger>
      </Tooltip>
      <MenuPopover>
        <MenuList>{(Object.keys(themes) as Theme[]).map(one => <MenuItemRadio key={one} name="theme" value={one}>{themeNames[one]}</MenuItemRadio>)}</MenuList>
      </MenuPopover>
    </Menu>
  );
}

function PersonMenu({ me, people, onPerson }: { me: Person; people: readonly Person[]; onPerson: (person: string) => void }) {
  const styles = useStyles();
  return (
    <Menu checkedValues={{ person: [me.id] }} onCheckedValueChange={(_, { checkedItems }) => onPerson(checkedItems[0]!)}>
      <Tooltip content="Be somebody else" relationship="description">
        <MenuTrigger disableButtonEnhancement>
          <Button className={styles.sign} appearance="subtle" icon={<Avatar aria-hidden name={me.name} size={24} color="colorful" />}>
            <span className={styles.words}>{me.name}</span>
          </Button>
        </MenuTrigger>
      </Tooltip>
      <MenuPopover>
        <MenuList>{people.map(person => <MenuItemRadio key={person.id} name="person" value={person.id}>{person.name}{person.admin ? ' (admin)' : ''}</MenuItemRadio>)}</MenuList>
      </MenuPopover>
    </Menu>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const onChange = () => setMatches(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}

function firstTheme(): Theme {
  const kept = localStorage.getItem(themeKey);
  if (kept !== null && kept in themes) return kept as Theme;
  if (matchMedia('(forced-colors: active)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function isBehind(read: string | undefined, last: string | undefined): boolean {
  return last !== undefined && Number(read ?? 0) < Number(last);
}
