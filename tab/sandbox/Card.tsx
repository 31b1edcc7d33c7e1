// An Adaptive Card as Teams would draw it, with working buttons.
import { useEffect, useMemo, useRef, useState } from 'react';
import { MessageBar, MessageBarBody, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { AdaptiveCard, ExecuteAction, OpenUrlAction, SubmitAction, type Action } from 'adaptivecards';
import { cardLook } from './card-look.ts';

const useStyles = makeStyles({
  card: {
    maxWidth: '560px',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow2,
    '& .ac-adaptiveCard': { outlineStyle: 'none' },
  },
  busy: { opacity: 0.6, pointerEvents: 'none' },
});

/** `onPress` gets Action.Execute and Action.Submit with the card's inputs in their data; links are opened here. */
export function Card({ content, onPress }: { content: unknown; onPress: (action: object) => Promise<void> }) {
  const styles = useStyles();
  const place = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const drawn = useMemo(() => draw(content), [content]);

  useEffect(() => {
    if ('element' in drawn) place.current?.replaceChildren(drawn.element);
  }, [drawn]);
  useEffect(() => {
    if (!('listen' in drawn)) return;
    drawn.listen(action => {
      setBusy(true);
      void onPress(action).finally(() => setBusy(false));
    });
  }, [drawn, onPress]);

  if ('problem' in drawn) return <MessageBar intent="error"><MessageBarBody>{drawn.problem}</MessageBarBody></MessageBar>;
  return <div className={mergeClasses(styles.card, busy && styles.busy)} aria-busy={busy} ref={place} />;
}

type Drawn = { element: HTMLElement; listen: (onPress: (action: object) => void) => void } | { problem: string };

function draw(content: unknown): Drawn {
  const card = new AdaptiveCard();
  card.hostConfig = cardLook;
  const listen = (onPress: (action: object) => void) => {
    card.onExecuteAction = action => {
      if (action instanceof OpenUrlAction) return openLink(action.url);
      const pressed = pressedAction(action);
      if (pressed) onPress(pressed);
    };
  };
  try {
    card.parse(content);
    const element = card.render();
    return element ? { element, listen } : { problem: 'This card is empty.' };
  } catch (error) {
    return { problem: `This card cannot be drawn: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function pressedAction(action: Action): object | undefined {
  if (action instanceof ExecuteAction) return { type: 'Action.Execute', id: action.id, title: action.title, verb: action.verb, data: action.data };
  if (action instanceof SubmitAction) return { type: 'Action.Submit', id: action.id, title: action.title, data: action.data };
  return undefined;
}

function openLink(address: string | undefined): void {
  if (address && /^https?:\/\//i.test(address)) window.open(address, '_blank', 'noopener');
}
