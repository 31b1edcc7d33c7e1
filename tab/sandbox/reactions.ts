// The reactions Teams offers, under the names it tells bots.
import {
  EmojiAngry20Regular, EmojiLaugh20Regular, EmojiSad20Regular, EmojiSurprise20Regular, Heart20Regular, ThumbLike20Regular, type FluentIcon,
} from '@fluentui/react-icons';

export const reactions: readonly { kind: string; name: string; Icon: FluentIcon }[] = [
  { kind: 'like', name: 'Like', Icon: ThumbLike20Regular },
  { kind: 'heart', name: 'Heart', Icon: Heart20Regular },
  { kind: 'laugh', name: 'Laugh', Icon: EmojiLaugh20Regular },
  { kind: 'surprised', name: 'Surprised', Icon: EmojiSurprise20Regular },
  { kind: 'sad', name: 'Sad', Icon: EmojiSad20Regular },
  { kind: 'angry', name: 'Angry', Icon: EmojiAngry20Regular },
];
