// Waymark's tab in a frame, with this page answering as Teams would: context, token, and every change of theme.
import { useEffect, useRef } from 'react';
import { makeStyles } from '@fluentui/react-components';
import type { Conversation } from './shape.ts';
import { useWho, type Theme } from './who.tsx';
import { z } from './zod.ts';

const useStyles = makeStyles({ frame: { display: 'block', width: '100%', height: '100%', border: 'none' } });

const teamsThemes: Record<Theme, string> = { light: 'default', dark: 'dark', contrast: 'contrast' };
const clientVersion = '2.58.0';
const runtime = JSON.stringify({
  apiVersion: 4, hostVersionsInfo: {}, isLegacyTeams: false,
  supports: { pages: { appButton: {}, tabs: {}, config: {}, backStack: {}, fullTrust: {}, currentApp: {} }, dialog: { card: { bot: {} }, url: { bot: {} }, update: {} }, clipboard: {}, chat: {}, calendar: {}, people: {} },
});

/** What the tab's Teams library asks its host; answers bear both of the question's ids. */
const Question = z.looseObject({ id: z.number(), uuidAsString: z.string().optional(), func: z.string() });

export function TabFrame({ conversation, theme }: { conversation: Conversation; theme: Theme }) {
  const styles = useStyles();
  const { me, world, deeds } = useWho();
  const frame = useRef<HTMLIFrameElement>(null);
  const themeNow = useRef(theme);

  useEffect(() => {
    themeNow.current = theme;
    frame.current?.contentWindow?.postMessage({ func: 'themeChange', args: [teamsThemes[theme]] }, location.origin);
  }, [theme]);

  useEffect(() => {
    // The flat shape that Teams sends; its library makes the nested one of it.
    const context = () => ({
      theme: teamsThemes[themeNow.current], locale: 'en-us', entityId: 'goals', userObjectId: me.id, userPrincipalName: me.email, tid: world.tenant.id,
      hostClientType: 'web', hostName: 'Teams', frameContext: 'content', sessionId: 'sandbox', appSessionId: 'sandbox',
      ...(conversation.kind === 'channel'
        ? { channelId: conversation.id, channelName: conversation.name, teamId: world.team.id, teamName: world.team.name, groupId: world.team.groupId }
        : { chatId: conversation.id }),
    });
    const answerTo = async (name: string): Promise<unknown[] | undefined> => {
      switch (name) {
        case 'initialize': return ['content', 'web', runtime, clientVersion];
        case 'getContext': return [context()];
        case 'authentication.getAuthToken': return deeds.token().then(token => [true, token], error => [false, String(error)]);
        case 'registerHandler': return undefined;
        default: return [true];
      }
    };
    const onMessage = async ({ source, origin, data }: MessageEvent) => {
      const tab = frame.current?.contentWindow;
      if (!tab || source !== tab || origin !== location.origin) return;
      const question = Question.safeParse(data);
      if (!question.success) return;
      const args = await answerTo(question.data.func);
      if (args) tab.postMessage({ id: question.data.id, uuidAsString: question.data.uuidAsString, args, isPartialResponse: false }, location.origin);
    };
    addEventListener('message', onMessage);
    return () => removeEventListener('message', onMessage);
  }, [conversation, me, world, deeds]);

  // The tab recognises this page by the referrer, which the page's own policy would withhold.
  // It is a page of our own origin, against which a sandboxed frame would protect nothing.
  // oxlint-disable-next-line react/iframe-missing-sandbox
  return <iframe ref={frame} className={styles.frame} src="/" title={`${world.bot.name}: goals`} referrerPolicy="origin" />;
}
