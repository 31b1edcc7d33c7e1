// A progress bar in the colour of its status, with a mark where progress is expected to be today.
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { statusNames, type Status } from '../../../src/domain/status.ts';
import { percentText } from '../format.ts';
import { looks } from './status-look.ts';

const useStyles = makeStyles({
  bar: {
    position: 'relative', height: '8px', borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground6,
    outline: `1px solid ${tokens.colorTransparentStroke}`,
  },
  large: { height: '14px' },
  fill: {
    height: '100%', minWidth: '2px', borderRadius: tokens.borderRadiusMedium, forcedColorAdjust: 'none', transitionProperty: 'width',
    transitionDuration: tokens.durationSlow, '@media (prefers-reduced-motion: reduce)': { transitionDuration: '0s' },
  },
  mark: {
    position: 'absolute', top: '-4px', bottom: '-4px', width: '3px', marginLeft: '-1.5px', borderRadius: tokens.borderRadiusSmall, forcedColorAdjust: 'none',
    backgroundColor: tokens.colorNeutralForeground3, boxShadow: `0 0 0 1.5px ${tokens.colorNeutralBackground1}`,
  },
});

interface Props { progress: number | null; expected: number | undefined; status: Status; locale: string; large?: boolean; label?: string }

export function ProgressBar({ progress, expected, status, locale, large = false, label = 'Progress' }: Props) {
  const styles = useStyles();
  const marked = expected === undefined ? '' : `, expected ${percentText(expected, locale)}`;
  const text = `${progress === null ? 'No progress yet' : percentText(progress, locale)}${marked}, ${statusNames[status]}`;
  const said = progress === null
    ? { role: 'img', 'aria-label': `${label}: ${text}` }
    : { role: 'progressbar', 'aria-label': label, 'aria-valuenow': progress, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuetext': text };
  return (
    <div className={mergeClasses(styles.bar, large && styles.large)} title={text} {...said}>
      {progress !== null && progress > 0 && <div className={styles.fill} style={{ width: `${progress}%`, backgroundColor: looks[status].bar }} />}
      {expected !== undefined && <div className={styles.mark} data-mark="expected" style={{ left: `${expected}%` }} />}
    </div>
  );
}
