// The tasks of an initiative: ticked, added and deleted where they stand.
import { Button, Checkbox, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { Delete16Regular } from '@fluentui/react-icons';
import { useRef, useState } from 'react';
import { api, type GoalView } from '../../../src/api.ts';
import { mostTasks, type Task } from '../../../src/domain/goal.ts';
import { isEnded } from '../../../src/domain/status.ts';
import { useDeed } from '../answer.ts';
import { dateText } from '../format.ts';
import { useSession } from '../session.tsx';
import { ErrorBar } from './Notices.tsx';
import { Panel } from './Panel.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column' },
  task: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', alignItems: 'start', columnGap: tokens.spacingHorizontalXS },
  name: { overflowWrap: 'anywhere' },
  done: { textDecorationLine: 'line-through', color: tokens.colorNeutralForeground3 },
  quiet: { color: tokens.colorNeutralForeground3 },
  wide: { gridColumnStart: 1, gridColumnEnd: 3 },
  add: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  input: { flexGrow: 1, minWidth: 0 },
});

export function Tasks({ view, reload }: { view: GoalView; reload: () => Promise<void> }) {
  const styles = useStyles();
  const { call, organization } = useSession();
  const { goal } = view;
  const { tasks } = goal;
  const params = { organization: organization.id, period: goal.period, goal: goal.id };
  const may = view.may.checkIn && !isEnded(goal.status);
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const adding = useDeed();
  const add = () => adding.run(async () => {
    await call(api.addTask, { params, body: { name } });
    setName('');
    await reload();
  });
  return (
    <Panel title="Tasks" action={tasks.length === 0 ? undefined : <Text size={200} className={styles.quiet}>{tasks.filter(task => task.done).length} of {tasks.length} done</Text>}>
      {goal.mode !== 'roll-up' && tasks.length > 0 && <Text size={200} className={styles.quiet}>They do not move its progress.</Text>}
      {tasks.length === 0 && <Text className={styles.quiet}>There are no tasks yet.</Text>}
      {tasks.length > 0 && (
        <ul className={styles.list} aria-label="Tasks">
          {tasks.map(task => <Row key={task.id} task={task} may={may} params={params} reload={reload} onGone={() => input.current?.focus()} />)}
        </ul>
      )}
      {may && tasks.length < mostTasks && (
        <form className={styles.add} onSubmit={event => { event.preventDefault(); if (name.trim() !== '') void add(); }}>
          <Input
            ref={input} className={styles.input} input={{ style: { minWidth: 0 } }} aria-label="Name of a new task" placeholder="Add a task" value={name}
            maxLength={240} onChange={(_, data) => setName(data.value)}
          />
          <Button type="submit" disabledFocusable={adding.busy || name.trim() === ''}>Add</Button>
        </form>
      )}
      {adding.error !== undefined && <ErrorBar error={adding.error} />}
    </Panel>
  );
}

interface RowProps { task: Task; may: boolean; params: { organization: string; period: string; goal: string }; reload: () => Promise<void>; onGone: () => void }

function Row({ task, may, params, reload, onGone }: RowProps) {
  const styles = useStyles();
  const { call, locale } = useSession();
  const deed = useDeed();
  // What was clicked shows at once, and what is true as soon as the server has answered.
  const [ticked, setTicked] = useState(task.done);
  const done = deed.busy ? ticked : task.done;
  const place = { ...params, task: task.id };
  const tick = (to: boolean) => {
    setTicked(to);
    void deed.run(async () => {
      await call(api.changeTask, { params: place, body: { done: to } });
      await reload();
    });
  };
  const remove = () => deed.run(async () => {
    await call(api.deleteTask, { params: place });
    onGone(); // the button goes with its task, and must not take the focus along
    await reload();
  });
  const about = [task.owner?.name, task.due === null ? undefined : `due on ${dateText(task.due, locale)}`].filter(part => part !== undefined).join(', ');
  return (
    <li className={styles.task}>
      <Checkbox
        checked={done} disabled={!may} onChange={(_, data) => tick(data.checked === true)}
        label={<span className={styles.name}><span className={done ? styles.done : undefined}>{task.name}</span>{about !== '' && <Text block size={200} className={styles.quiet}>{about}</Text>}</span>}
      />
      {may && <Button appearance="subtle" size="small" icon={<Delete16Regular />} aria-label={`Delete the task ${task.name}`} disabledFocusable={deed.busy} onClick={() => void remove()} />}
      {deed.error !== undefined && <div className={styles.wide}><ErrorBar error={deed.error} /></div>}
    </li>
  );
}
