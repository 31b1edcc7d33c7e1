// Every endpoint's handler; leave one out and this does not compile.
import { activity } from './activity.ts';
import { connections } from './connections.ts';
import { ending } from './ending.ts';
import { goals } from './goals.ts';
import type { Handlers } from './handler.ts';
import { integrations } from './integrations.ts';
import { periods } from './periods.ts';
import { satellites } from './satellites.ts';
import { session } from './session.ts';
import { tasks } from './tasks.ts';
import { weights } from './weights.ts';

export const handlers: Handlers = { ...session, ...periods, ...goals, ...activity, ...ending, ...weights, ...tasks, ...integrations, ...connections, ...satellites };
