// What moves a goal, and how old its value is.
import { makeStyles, tokens } from '@fluentui/react-components';
import { BranchFork16Regular, PersonEdit16Regular, PlugConnected16Regular, Warning16Regular, type FluentIcon } from '@fluentui/react-icons';
import type { GoalView } from '../../../src/api.ts';
import { Ago } from './Ago.tsx';

const useStyles = makeStyles({
  source: {
    display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, whiteSpace: 'nowrap',
  },
  trouble: { color: tokens.colorStatusWarningForeground1 },
  icon: { display: 'inline-flex' },
});

export function Source({ view }: { view: GoalView }) {
  const styles = useStyles();
  const { Icon, title } = sourceOf(view);
  const problem = view.link?.problem ?? null;
  return (
    <span className={styles.source}>
      <span className={styles.icon} title={title}><Icon aria-label={title} /></span>
      {problem !== null && <span className={`${styles.icon} ${styles.trouble}`} title={problem.message}><Warning16Regular aria-label={`Not syncing: ${problem.message}`} /></span>}
      {view.goal.asOf === null ? 'no value yet' : <Ago at={view.goal.asOf} />}
    </span>
  );
}

function sourceOf({ goal, link }: GoalView): { Icon: FluentIcon; title: string } {
  switch (goal.mode) {
    case 'source': return { Icon: PlugConnected16Regular, title: link === null ? 'From a data source' : `From ${link.integrationName}, ${link.connectionName}` };
    case 'roll-up': return { Icon: BranchFork16Regular, title: 'Rolled up from its children' };
    case 'manual': return { Icon: PersonEdit16Regular, title: 'By check-ins' };
  }
}
