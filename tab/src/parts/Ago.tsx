// How long ago, or how soon; the exact time on hover.
import { useNow } from '../answer.ts';
import { ageText, exactText } from '../format.ts';
import { useSession } from '../session.tsx';

export function Ago({ at }: { at: string }) {
  const { locale } = useSession();
  const now = useNow();
  return <time dateTime={at} title={exactText(at, locale)}>{ageText(at, now, locale)}</time>;
}
