// What moves a goal, and how old its value is.
import { makeStyles, tokens } from '@fluentui/react-components';
import {
  BranchFork16Regular, PauseCircle16Filled, PersonEdit16Regular, PlugConnected16Regular, TaskListSquareLtr16Regular, Warning16Regular,
  type FluentIcon,
} from '@fluentui/react-icons';
import type { GoalView } from '../../../src/api.ts';
import { progressMode, type ModeMark } from '../progress-mode.ts';
import { Ago } from './Ago.tsx';

const useStyles = makeStyles({
  source: {
    display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, whiteSpace: 'nowrap',
  },
  trouble: { color: tokens.colorStatusWarningForeground1 },
  icon: { display: 'inline-flex' },
});

const icons: Record<ModeMark, FluentIcon> = {
  'by-hand': PersonEdit16Regular, children: BranchFork16Regular, tasks: TaskListSquareLtr16Regular, source: PlugConnected16Regular, stopped: PauseCircle16Filled,
};

export function Source({ view }: { view: GoalView }) {
  const styles = useStyles();
  const { mark, words } = progressMode(view);
  const Icon = icons[mark];
  const problem = view.link?.problem ?? null;
  return (
    <span className={styles.source}>
      <span className={styles.icon} title={words} data-mode={mark}><Icon aria-label={words} /></span>
      {problem !== null && <span className={`${styles.icon} ${styles.trouble}`} title={problem.message}><Warning16Regular aria-label={`Not syncing: ${problem.message}`} /></span>}
      {view.goal.asOf === null ? 'no value yet' : <Ago at={view.goal.asOf} />}
    </span>
  );
}
