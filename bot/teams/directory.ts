// Who somebody's manager is, as Entra ID says through Microsoft Graph (application permission User.Read.All).
import { z } from 'zod';
import type { Person } from '../../src/domain/organization.ts';
import type { Graph } from './graph.ts';

const Answer = z.object({
  id: z.string(),
  manager: z.object({ id: z.string(), displayName: z.string().nullish(), mail: z.string().nullish() }).nullish(),
});

/**
 * `null`: Entra says that there is none. Asked as part of the person, because a 404 for the manager alone would look like a person who is
 * gone. Throws when Graph does not say, for want of the permission or otherwise.
 */
export function managersFrom(graph: Graph): (tenant: string, person: string) => Promise<Pick<Person, 'id' | 'name' | 'email'> | null> {
  return async (tenant, person) => {
    const answer = Answer.safeParse(await graph(`/users/${encodeURIComponent(person)}?$select=id&$expand=manager($select=id,displayName,mail)`, tenant));
    if (!answer.success || answer.data.id !== person) throw new Error('Microsoft Graph did not say who somebody’s manager is. Grant the app the application permission User.Read.All.');
    const { manager } = answer.data;
    return manager ? { id: manager.id, name: manager.displayName ?? 'Unnamed', ...(manager.mail ? { email: manager.mail } : {}) } : null;
  };
}
