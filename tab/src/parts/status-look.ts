// How each status looks: a colour for the bar, one for the word, and an icon of its own shape, so that colour is never alone.
import { tokens } from '@fluentui/react-components';
import {
  Archive16Regular, ArrowCircleRight16Regular, ArrowCounterclockwise16Regular, CheckmarkCircle16Filled, Circle16Regular, ErrorCircle16Filled,
  PauseCircle16Regular, Warning16Filled, type FluentIcon,
} from '@fluentui/react-icons';
import type { Status } from '../../../src/domain/status.ts';

export interface Look { bar: string; word: string; Icon: FluentIcon }

const quiet = { bar: tokens.colorNeutralForeground4, word: tokens.colorNeutralForeground3 };

export const looks: Record<Status, Look> = {
  'on-track': { bar: tokens.colorStatusSuccessBackground3, word: tokens.colorStatusSuccessForeground1, Icon: CheckmarkCircle16Filled },
  behind: { bar: tokens.colorStatusWarningBackground3, word: tokens.colorStatusWarningForeground1, Icon: Warning16Filled },
  'at-risk': { bar: tokens.colorStatusDangerBackground3, word: tokens.colorStatusDangerForeground3, Icon: ErrorCircle16Filled },
  'not-started': { ...quiet, Icon: Circle16Regular },
  'in-progress': { bar: tokens.colorBrandBackground, word: tokens.colorNeutralForeground2, Icon: ArrowCircleRight16Regular },
  closed: { ...quiet, Icon: Archive16Regular },
  postponed: { ...quiet, Icon: PauseCircle16Regular },
  reopened: { bar: tokens.colorBrandBackground, word: tokens.colorNeutralForeground2, Icon: ArrowCounterclockwise16Regular },
};
