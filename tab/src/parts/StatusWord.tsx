// A status as icon and word.
import { makeStyles, tokens } from '@fluentui/react-components';
import { statusNames, type Status } from '../../../src/domain/status.ts';
import { looks } from './status-look.ts';

const useStyles = makeStyles({
  word: {
    display: 'inline-flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, fontWeight: tokens.fontWeightSemibold,
    whiteSpace: 'nowrap',
  },
});

export function StatusWord({ status }: { status: Status }) {
  const { Icon, word } = looks[status];
  return <span className={useStyles().word} style={{ color: word }} data-status={status}><Icon aria-hidden />{statusNames[status]}</span>;
}
