// How much one person may ask of this process: a bucket of requests each, refilled all the time, so that nobody's script is everybody's wait.
import { Refusal } from './refusal.ts';

/** Requests a second, for as long as somebody likes. */
const perSecond = 10;
/** Requests at once, after a pause. */
const burst = 60;
/** Buckets kept; whoever was not seen for longest is forgotten first, and a bucket that is forgotten is a full one. */
const mostPeople = 10_000;

export interface Budget {
  /** Takes one request from somebody's bucket. Refuses (`too-many`, with the seconds to wait) when it is empty. */
  spend(person: string): void;
}

interface Bucket { requests: number; at: number }

/** `clock` answers milliseconds that never go back. */
export function openBudget(clock: () => number): Budget {
  const buckets = new Map<string, Bucket>(); // in the order in which people were last seen
  return {
    spend(person) {
      const at = clock();
      const requests = filled(buckets.get(person), at);
      buckets.delete(person);
      buckets.set(person, { requests: requests < 1 ? requests : requests - 1, at });
      if (buckets.size > mostPeople) buckets.delete(buckets.keys().next().value!);
      if (requests < 1) {
        throw new Refusal('too-many', 'You ask for more than Waymark can do for one person. Wait a moment and try again.', undefined, Math.ceil((1 - requests) / perSecond));
      }
    },
  };
}

function filled(bucket: Bucket | undefined, at: number): number {
  return bucket ? Math.min(burst, bucket.requests + ((at - bucket.at) / 1000) * perSecond) : burst;
}
