// How long ago, and how soon; the exact time on hover.
import { useNow } from '../answer.ts';
import { ageText, dueText, exactText } from '../format.ts';
import { useSession } from '../session.tsx';

export function Ago({ at }: { at: string }) {
  const { locale } = useSession();
  const now = useNow();
  return <time dateTime={at} title={exactText(at, locale)}>{ageText(at, now, locale)}</time>;
}

export function Due({ at }: { at: string }) {
  const { locale } = useSession();
  const now = useNow();
  return <time dateTime={at} title={exactText(at, locale)}>{dueText(at, now, locale)}</time>;
}
