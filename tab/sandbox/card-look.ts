// How the Adaptive Cards renderer draws: Fluent's theme variables everywhere, so that one look serves light, dark and high contrast.
import { tokens } from '@fluentui/react-components';
import { HostConfig } from 'adaptivecards';

const colour = (normal: string, subtle = normal) => ({ default: normal, subtle });
const foregrounds = {
  default: colour(tokens.colorNeutralForeground1, tokens.colorNeutralForeground3),
  dark: colour(tokens.colorNeutralForeground1, tokens.colorNeutralForeground3),
  light: colour(tokens.colorNeutralForegroundInverted, tokens.colorNeutralForegroundInverted),
  accent: colour(tokens.colorBrandForeground1),
  good: colour(tokens.colorStatusSuccessForeground1),
  warning: colour(tokens.colorStatusWarningForeground1),
  attention: colour(tokens.colorStatusDangerForeground1),
};
const container = (backgroundColor: string) => ({ backgroundColor, foregroundColors: foregrounds });
const heading = { size: 'Default', weight: 'Bolder', wrap: true };

export const cardLook = new HostConfig({
  fontFamily: tokens.fontFamilyBase,
  fontSizes: { small: 12, default: 14, medium: 16, large: 20, extraLarge: 24 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
  lineHeights: { small: 16, default: 20, medium: 22, large: 28, extraLarge: 32 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 12 },
  separator: { lineThickness: 1, lineColor: tokens.colorNeutralStroke2 },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: container(tokens.colorNeutralBackground1),
    emphasis: container(tokens.colorNeutralBackground4),
    accent: container(tokens.colorBrandBackground2),
    good: container(tokens.colorStatusSuccessBackground2),
    warning: container(tokens.colorStatusWarningBackground2),
    attention: container(tokens.colorStatusDangerBackground2),
  },
  actions: { maxActions: 6, spacing: 'Default', buttonSpacing: 8, preExpandSingleShowCardAction: false, actionsOrientation: 'Horizontal', actionAlignment: 'Left', showCard: { actionMode: 'Inline', inlineTopMargin: 12 } },
  adaptiveCard: { allowCustomStyle: true },
  factSet: { title: { weight: 'Bolder', wrap: true, maxWidth: 160 }, value: { wrap: true }, spacing: 12 },
  inputs: { label: { requiredInputs: heading, optionalInputs: heading }, errorMessage: { color: 'Attention' } },
});
