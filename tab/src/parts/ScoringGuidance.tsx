// What score stands for which success, in the owner's own words.
import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Goal } from '../../../src/domain/goal.ts';
import { useSession } from '../session.tsx';

const useStyles = makeStyles({
  guidance: {
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderInlineStartWidth: '3px', borderInlineStartStyle: 'solid', borderInlineStartColor: tokens.colorBrandStroke1,
  },
  text: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
});

export function ScoringGuidance({ goal }: { goal: Goal }) {
  const styles = useStyles();
  const { organization } = useSession();
  if (!organization.model.scoringGuidance || goal.scoringGuidance === '') return null;
  return (
    <section className={styles.guidance} aria-label="How to score this goal">
      <Text block weight="semibold" size={200}>How to score this goal</Text>
      <Text block className={styles.text}>{goal.scoringGuidance}</Text>
    </section>
  );
}
