// A goal's history as a chart: values hold until the next one, the expected line is dashed; the same as a table for those who cannot see it.
import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import type { CheckIn } from '../../../src/domain/check-in.ts';
import type { Goal } from '../../../src/domain/goal.ts';
import { useNow } from '../answer.ts';
import { chartOf, type Chart } from '../chart.ts';
import { authorName } from '../feed-words.ts';
import { exactText, numberText, valueText } from '../format.ts';
import { useSession } from '../session.tsx';
import { StatusWord } from './StatusWord.tsx';

const useStyles = makeStyles({
  legend: {
    display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalL, rowGap: tokens.spacingVerticalXS, alignItems: 'center',
    color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200,
  },
  key: { display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS },
  frame: { margin: 0, height: '220px' },
  svg: { display: 'block', width: '100%', height: '100%', overflow: 'visible' },
  // In high contrast every stroke has full strength: the rules step back, or they would hide the lines that mean something.
  rule: { '@media (forced-colors: active)': { strokeOpacity: 0.3 } },
  axis: { fill: tokens.colorNeutralForeground3, fontSize: '11px', fontFamily: tokens.fontFamilyBase, fontVariantNumeric: 'tabular-nums' },
  table: {
    width: '100%', borderCollapse: 'collapse', fontSize: tokens.fontSizeBase200,
    '& th, & td': { textAlign: 'left', padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`, borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  },
  number: { fontVariantNumeric: 'tabular-nums' },
  grow: { flexGrow: 1 },
});

const colors = { value: tokens.colorBrandForeground1, expected: tokens.colorNeutralForeground3, target: tokens.colorStatusSuccessForeground1, risk: tokens.colorStatusDangerForeground1 };
/** Each line has a pattern of its own, so that colour is never alone. */
const dashes = { expected: '5 4', target: '2 3', risk: '7 2 2 2' };
const height = 220;
const edge = { top: 10, right: 12, bottom: 24 };

export function HistoryChart({ goal, checkIns, more }: { goal: Goal; checkIns: readonly CheckIn[]; more: boolean }) {
  const styles = useStyles();
  const now = useNow(60);
  const [asTable, setAsTable] = useState(false);
  const chart = chartOf(goal, checkIns, now.getTime());
  if (chart === undefined) return <Text style={{ color: tokens.colorNeutralForeground3 }}>The history begins with the first value.</Text>;
  return (
    <div>
      <div className={styles.legend}>
        <Key color={colors.value} name={goal.outcome.kind === 'percent' ? 'Progress' : goal.outcome.name} />
        {chart.expected !== undefined && <Key color={colors.expected} name="Expected" dash={dashes.expected} />}
        {chart.target !== undefined && <Key color={colors.target} name="Target" dash={dashes.target} />}
        {chart.risk !== undefined && <Key color={colors.risk} name="Risk threshold" dash={dashes.risk} />}
        <span className={styles.grow}>{more ? 'The latest 200 check-ins' : ''}</span>
        <Button size="small" appearance="subtle" onClick={() => setAsTable(!asTable)}>{asTable ? 'Show as chart' : 'Show as table'}</Button>
      </div>
      {asTable ? <HistoryTable goal={goal} chart={chart} /> : <Drawing goal={goal} chart={chart} now={now.getTime()} />}
    </div>
  );
}

function Key({ color, name, dash }: { color: string; name: string; dash?: string }) {
  return <span className={useStyles().key}><svg width="18" height="8" aria-hidden><line x1="0" x2="18" y1="4" y2="4" stroke={color} strokeWidth="2" strokeDasharray={dash} /></svg>{name}</span>;
}

function Drawing({ goal, chart, now }: { goal: Goal; chart: Chart; now: number }) {
  const styles = useStyles();
  const { locale } = useSession();
  const [frame, width] = useWidth();
  const marks = chart.marks.map(mark => ({ mark, text: numberText(mark, locale) }));
  const left = 10 + 6.5 * Math.max(...marks.map(({ text }) => text.length));
  const x = (time: number) => left + ((time - chart.times[0]) / (chart.times[1] - chart.times[0] || 1)) * (width - left - edge.right);
  const y = (value: number) => height - edge.bottom - ((value - chart.values[0]) / (chart.values[1] - chart.values[0])) * (height - edge.top - edge.bottom);
  const last = chart.points.at(-1)!;
  const steps = chart.points.map((p, i) => (i === 0 ? `M${x(p.time)},${y(p.value)}` : `H${x(p.time)}V${y(p.value)}`)).join('');
  const until = x(Math.min(Math.max(now, last.time), chart.times[1]));
  const days = dayMarks(chart.times, width < 480 ? 3 : 5);
  const label = `History of ${goal.title}: ${chart.points.length} values, the latest ${valueText(goal.outcome, last.value, locale)}`;
  return (
    <figure ref={frame} className={styles.frame} aria-label={label}>
      {width > 0 && (
        <svg className={styles.svg} aria-hidden>
          {marks.map(({ mark, text }) => (
            <g key={mark}>
              <line x1={left} x2={width - edge.right} y1={y(mark)} y2={y(mark)} stroke={tokens.colorNeutralStroke3} className={styles.rule} />
              <text className={styles.axis} x={left - 6} y={y(mark) + 4} textAnchor="end">{text}</text>
            </g>
          ))}
          {days.map((time, i) => (
            <text
              key={time} className={styles.axis} x={x(time)} y={height - 6}
              textAnchor={i === 0 ? 'start' : i === days.length - 1 ? 'end' : 'middle'}
            >
              {shortDate(time, locale)}
            </text>
          ))}
          {chart.expected !== undefined && <polyline points={chart.expected.map(p => `${x(p.time)},${y(p.value)}`).join(' ')} fill="none" stroke={colors.expected} strokeWidth="1.5" strokeDasharray={dashes.expected} />}
          {chart.target !== undefined && <line x1={left} x2={width - edge.right} y1={y(chart.target)} y2={y(chart.target)} stroke={colors.target} strokeWidth="1.5" strokeDasharray={dashes.target} />}
          {chart.risk !== undefined && <line x1={left} x2={width - edge.right} y1={y(chart.risk)} y2={y(chart.risk)} stroke={colors.risk} strokeWidth="1.5" strokeDasharray={dashes.risk} />}
          <path d={`${steps}H${until}`} fill="none" stroke={colors.value} strokeWidth="2" strokeLinejoin="round" />
          {chart.points.map(point => (
            <circle
              key={point.checkIn.at} cx={x(point.time)} cy={y(point.value)} r={chart.points.length > 60 ? 2 : 3.5} fill={colors.value}
              stroke={tokens.colorNeutralBackground1}
            >
              <title>{`${valueText(goal.outcome, point.value, locale)} · ${authorName(point.checkIn.by)} · ${exactText(point.checkIn.at, locale)}`}</title>
            </circle>
          ))}
        </svg>
      )}
    </figure>
  );
}

function HistoryTable({ goal, chart }: { goal: Goal; chart: Chart }) {
  const styles = useStyles();
  const { locale } = useSession();
  return (
    <table className={styles.table}>
      <thead><tr><th>When</th><th>Value</th><th>Status</th><th>By</th></tr></thead>
      <tbody>
        {chart.points.toReversed().map(({ checkIn, value }) => (
          <tr key={checkIn.at}>
            <td>{exactText(checkIn.at, locale)}</td>
            <td className={styles.number} title={String(value)}>{valueText(goal.outcome, value, locale)}</td>
            <td><StatusWord status={checkIn.status} /></td>
            <td>{authorName(checkIn.by)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function dayMarks([from, to]: readonly [number, number], count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

function shortDate(time: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(time);
}

/** The width that an element has, kept up as it changes. */
function useWidth(): [React.RefObject<HTMLElement | null>, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => { if (entry !== undefined) setWidth(entry.contentRect.width); });
    watch.observe(element.current!);
    return () => watch.disconnect();
  }, []);
  return [element, width];
}

