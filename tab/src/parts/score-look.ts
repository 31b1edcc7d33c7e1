// How each score looks: a colour, an icon of its own shape, and words, so that colour is never alone.
import { tokens } from '@fluentui/react-components';
import { ArrowCircleUp16Filled, CheckmarkCircle16Filled, CircleHalfFill16Filled, SubtractCircle16Filled, type FluentIcon } from '@fluentui/react-icons';
import type { ScoreLook } from '../../../src/domain/score.ts';

export const scoreLooks: Record<ScoreLook, { color: string; words: string; Icon: FluentIcon }> = {
  good: { color: tokens.colorStatusSuccessForeground1, words: 'good', Icon: CheckmarkCircle16Filled },
  'too-easy': { color: tokens.colorStatusWarningForeground1, words: 'not ambitious enough', Icon: ArrowCircleUp16Filled },
  fair: { color: tokens.colorPaletteYellowForeground2, words: 'fair', Icon: CircleHalfFill16Filled },
  poor: { color: tokens.colorStatusDangerForeground1, words: 'poor', Icon: SubtractCircle16Filled },
};
