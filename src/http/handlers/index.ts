// Every endpoint's handler; leave one out and this does not compile.
import { activity } from './activity.ts';
import { audit } from './audit.ts';
import { connections } from './connections.ts';
import { ending } from './ending.ts';
import { follows } from './follows.ts';
import { goalList } from './goal-list.ts';
import { goals } from './goals.ts';
import type { Handlers } from './handler.ts';
import { integrations } from './integrations.ts';
import { organizations } from './organizations.ts';
import { people } from './people.ts';
import { periods } from './periods.ts';
import { satellites } from './satellites.ts';
import { session } from './session.ts';
import { tags } from './tags.ts';
import { talk } from './talk.ts';
import { tasks } from './tasks.ts';
import { teams } from './teams.ts';
import { tenant } from './tenant.ts';
import { weights } from './weights.ts';

export const handlers: Handlers = {
  ...session, ...periods, ...organizations, ...tenant, ...people, ...teams, ...tags, ...follows, ...audit,
  ...goalList, ...goals, ...activity, ...talk, ...ending, ...weights, ...tasks, ...integrations, ...connections, ...satellites,
};
