// Reactions: what people feel about a goal, a check-in or a comment, each person once a kind.
import { z } from 'zod';
import { Who } from './organization.ts';

/** The reactions that Teams knows too, so that they can follow in both directions. */
export const Reaction = z.enum(['like', 'heart', 'laugh', 'surprised', 'sad', 'angry']);
export type Reaction = z.infer<typeof Reaction>;

/** Who feels what, first come first. */
export const Reactions = z.partialRecord(Reaction, z.array(Who));
export type Reactions = z.infer<typeof Reactions>;

/** With or without one person's reaction; the very same object where nothing changes. */
export function reacted(reactions: Reactions, reaction: Reaction, by: Who, on: boolean): Reactions {
  const before = reactions[reaction] ?? [];
  if (before.some(w => w.id === by.id) === on) return reactions;
  const after = on ? [...before, { id: by.id, name: by.name }] : before.filter(w => w.id !== by.id);
  const { [reaction]: _was, ...others } = reactions;
  return after.length === 0 ? others : { ...others, [reaction]: after };
}
