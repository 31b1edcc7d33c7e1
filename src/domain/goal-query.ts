// What goals can be asked for, and in which order they come.
import { z } from 'zod';
import type { Instant, PlainDate } from './date.ts';
import type { Entity, GoalKind, GoalRef, ProgressMode } from './goal.ts';
import type { Status } from './status.ts';

/** All of what is given must be true of a goal; of a list, one. Nothing given asks for all goals. */
export interface GoalQuery {
  /** Beginnings of words of the title, the description, the tags and the owners' names. */
  words?: string | undefined;
  periods?: readonly string[] | undefined;
  /** Of one of these periods, or running up to this day or beyond it. */
  current?: { periods: readonly string[]; today: PlainDate } | undefined;
  kinds?: readonly GoalKind[] | undefined;
  /** One of its owners. */
  owner?: string | undefined;
  /** Whom reminders go to. */
  checkInOwner?: string | undefined;
  /** One of the teams whose goal it is. */
  team?: string | undefined;
  /** Whatever its capitals. */
  tag?: string | undefined;
  statuses?: readonly Status[] | undefined;
  entity?: Entity['kind'] | undefined;
  mode?: ProgressMode | undefined;
  /** `true`: stands under no other goal; `false`: stands under one. */
  unaligned?: boolean | undefined;
  /** Stands directly under this goal. */
  under?: GoalRef | undefined;
  /** Nobody and nothing has checked in since. */
  checkedInBefore?: Instant | undefined;
  endsBefore?: PlainDate | undefined;
}

/** `relevance`: the best match first. `status`: the worst first. `checked-in`: by the last check-in. Goals without a progress or a check-in come last in either order. */
export const GoalSort = z.enum(['relevance', 'title', 'progress', 'status', 'end', 'checked-in', 'created']);
export type GoalSort = z.infer<typeof GoalSort>;

export const SortOrder = z.enum(['asc', 'desc']);
export type SortOrder = z.infer<typeof SortOrder>;
