// The score of a closed goal, as number, icon and words.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { Goal } from '../../../src/domain/goal.ts';
import { scoreLook } from '../../../src/domain/score.ts';
import { scoreText } from '../format.ts';
import { useSession } from '../session.tsx';
import { scoreLooks } from './score-look.ts';

const useStyles = makeStyles({
  score: {
    display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, whiteSpace: 'nowrap',
    fontWeight: tokens.fontWeightSemibold, fontVariantNumeric: 'tabular-nums',
  },
});

export function Score({ score, ambition }: { score: number; ambition: Goal['ambition'] }) {
  const styles = useStyles();
  const { locale, organization } = useSession();
  const look = scoreLook(score, ambition, organization.healthyScores);
  const { color, words, Icon } = scoreLooks[look];
  const said = `${words}, for a goal that is ${ambition}`;
  return <span className={styles.score} style={{ color }} title={said} data-score={look}><Icon aria-label={said} />Score {scoreText(score, locale)}</span>;
}
