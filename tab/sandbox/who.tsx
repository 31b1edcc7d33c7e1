// Who looks at the page and what that person can do, for every part of it.
import { createContext, useContext, useMemo } from 'react';
import { Toast, ToastTitle, useToastController } from '@fluentui/react-components';
import type { Message, Person, World } from './shape.ts';
import type { Deeds } from './sandbox-state.ts';

export type Theme = 'light' | 'dark' | 'contrast';
export interface Who { me: Person; world: World; theme: Theme; deeds: Deeds }

export const WhoContext = createContext<Who | undefined>(undefined);

export function useWho(): Who {
  const who = useContext(WhoContext);
  if (!who) throw new Error('This part of the page needs a person above it.');
  return who;
}

export const toasts = 'sandbox-toasts';

/** Shows a sentence for a while; `attempt` does something and shows why it failed. */
export function useNotices() {
  const { dispatchToast } = useToastController(toasts);
  return useMemo(() => {
    const show = (text: string, intent: 'success' | 'info' | 'error') => dispatchToast(<Toast><ToastTitle>{text}</ToastTitle></Toast>, { intent });
    const attempt = async (deed: () => Promise<unknown>) => {
      try {
        await deed();
      } catch (error) {
        show(error instanceof Error ? error.message : String(error), 'error');
      }
    };
    return { show, attempt };
  }, [dispatchToast]);
}

export function authorOf(world: World, message: Message): { name: string; isBot: boolean } {
  if (message.by === 'bot') return { name: world.bot.name, isBot: true };
  return { name: world.people.find(person => person.id === message.by)?.name ?? 'Somebody', isBot: false };
}

/** The time of day; with the date when it was not today. */
export function timeOf(at: string): string {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString('en', today ? { hour: 'numeric', minute: '2-digit' } : { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
}
