// The message extension: type, see goals, choose one, and its card stands in the conversation.
import { useEffect, useState } from 'react';
import {
  Button, Popover, PopoverSurface, PopoverTrigger, SearchBox, Spinner, Text, Tooltip, makeStyles, tokens, useArrowNavigationGroup,
} from '@fluentui/react-components';
import { TargetArrow20Regular } from '@fluentui/react-icons';
import type { Found, FoundPage } from './shape.ts';
import { SandboxError } from './sandbox-state.ts';
import { useNotices, useWho } from './who.tsx';

const useStyles = makeStyles({
  surface: { width: 'min(360px, calc(100vw - 32px))', boxSizing: 'border-box', display: 'grid', rowGap: tokens.spacingVerticalS },
  hits: { listStyleType: 'none', margin: 0, padding: 0, maxHeight: '320px', overflowY: 'auto' },
  hit: { width: '100%', justifyContent: 'flex-start', textAlign: 'left', minWidth: 0 },
  lines: { display: 'grid', minWidth: 0, overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground3 },
});

const typingMilliseconds = 200;

type Search = { step: 'searching' } | { step: 'found'; page: FoundPage } | { step: 'failed'; problem: string };

/** `root` is the thread to insert into, in channels. */
export function GoalSearch({ conversation, root }: { conversation: string; root?: string }) {
  const styles = useStyles();
  const { deeds, world } = useWho();
  const { attempt } = useNotices();
  const [open, setOpen] = useState(false);

  return (
    <Popover open={open} onOpenChange={(_, { open: wanted }) => setOpen(wanted)} trapFocus positioning="above-start" withArrow>
      <Tooltip content="Insert a goal" relationship="label">
        <PopoverTrigger disableButtonEnhancement><Button appearance="subtle" icon={<TargetArrow20Regular />} /></PopoverTrigger>
      </Tooltip>
      <PopoverSurface className={styles.surface} aria-label={`Search goals with ${world.bot.name}`}>
        <Hits conversation={conversation} onChoose={hit => {
          setOpen(false);
          void attempt(() => deeds.insert(conversation, hit.attachment, root));
        }} />
      </PopoverSurface>
    </Popover>
  );
}

function Hits({ conversation, onChoose }: { conversation: string; onChoose: (hit: Found) => void }) {
  const styles = useStyles();
  const { deeds } = useWho();
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<{ to: string; search: Search }>();
  const search = answer?.to === text ? answer.search : { step: 'searching' } as const;
  const arrows = useArrowNavigationGroup({ axis: 'vertical' });

  useEffect(() => {
    let outdated = false;
    const timer = setTimeout(async () => {
      const found = await deeds.search(conversation, text).then<Search, Search>(
        page => ({ step: 'found', page }),
        error => ({ step: 'failed', problem: error instanceof SandboxError ? error.message : String(error) }),
      );
      if (!outdated) setAnswer({ to: text, search: found });
    }, text === '' ? 0 : typingMilliseconds);
    return () => { outdated = true; clearTimeout(timer); };
  }, [text, conversation, deeds]);

  return (
    <>
      <SearchBox aria-label="Search goals" placeholder="Search goals" value={text} onChange={(_, { value }) => setText(value)} />
      <output>
        {search.step === 'searching' && <Spinner size="tiny" label="Searching" />}
        {search.step === 'failed' && <Text>{search.problem}</Text>}
        {search.step === 'found' && search.page.hits.length === 0 && <Text className={styles.quiet}>{search.page.note ?? 'No goal matches. Try another word.'}</Text>}
      </output>
      {search.step === 'found' && search.page.hits.length > 0 && (
        <ul className={styles.hits} aria-label="Goals" {...arrows}>
          {search.page.hits.map((hit, index) => (
            <li key={index}>
              <Button className={styles.hit} appearance="subtle" onClick={() => onChoose(hit)}>
                <span className={styles.lines}><span>{hit.title}</span>{hit.text && <Text size={200} className={styles.quiet}>{hit.text}</Text>}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
