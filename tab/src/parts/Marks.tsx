// The small marks beside a goal's title, each with its words: private, under several goals, and what somebody should look at.
import { makeStyles, tokens } from '@fluentui/react-components';
import { AlertUrgent16Filled, AlertUrgent16Regular, ArrowBidirectionalUpDown16Regular, LockClosed16Regular } from '@fluentui/react-icons';
import type { GoalView } from '../../../src/api.ts';
import type { AlertLevel, Child, Goal } from '../../../src/domain/goal.ts';
import { alertMarks, alertNames } from '../alert-marks.ts';
import { useSession } from '../session.tsx';

const useStyles = makeStyles({
  marks: { display: 'inline-flex', columnGap: tokens.spacingHorizontalXS, verticalAlign: '-3px', color: tokens.colorNeutralForeground3 },
  mark: { display: 'inline-flex' },
});

const colors: Record<AlertLevel, string> = { 'at-risk': tokens.colorStatusDangerForeground1, 'needs-attention': tokens.colorStatusWarningForeground1 };

export function Marks({ view }: { view: GoalView }) {
  const styles = useStyles();
  const { person } = useSession();
  const { goal } = view;
  const alerts = alertMarks(view, person.mutedAlerts);
  const { private: hidden } = goal.access;
  if (alerts.length === 0 && !hidden && goal.parents.length < 2) return null;
  return (
    <span className={styles.marks}>
      {hidden && <span className={styles.mark} title={privateWords(goal)}><LockClosed16Regular aria-label={privateWords(goal)} /></span>}
      {goal.parents.length > 1 && <span className={styles.mark} title={alignedWords(goal)}><ArrowBidirectionalUpDown16Regular aria-label={alignedWords(goal)} /></span>}
      {alerts.map(({ drawn, level, words }) => {
        const Icon = drawn === 'solid' ? AlertUrgent16Filled : AlertUrgent16Regular;
        return <span key={drawn} className={styles.mark} style={{ color: colors[level] }} title={words} data-alert={drawn}><Icon aria-label={words} /></span>;
      })}
    </span>
  );
}

/** What a parent knows of a child that may need somebody to look at it, itself or something under it. */
export function ChildMarks({ child }: { child: Child }) {
  const styles = useStyles();
  const { person } = useSession();
  const words = child.alert === null || person.mutedAlerts?.includes(child.alert) ? undefined : alertNames[child.alert];
  return (
    <>
      {child.private && <span className={styles.mark} title="Private"><LockClosed16Regular aria-label="Private" /></span>}
      {words !== undefined && <span className={styles.mark} style={{ color: colors[child.alert!] }} title={words}><AlertUrgent16Regular aria-label={words} /></span>}
    </>
  );
}

function privateWords({ access }: Goal): string {
  return access.inheritedFrom === null ? 'Private: seen by its own people and its viewers alone' : 'Private, as the goal above it';
}

function alignedWords({ parents }: Goal): string {
  return `Aligned with ${parents.length} goals, and counted in each`;
}
