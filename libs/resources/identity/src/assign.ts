import { Failure, isFailure } from '@osm/kernel';
import type { Request, Step, StepContext } from '@osm/resource';
import { z } from 'zod';
import { RoleAssignment, assignmentPath, twinAssignment, type Actor, type Ends } from './role-assignments.ts';

const Source = z.object({
  role_assignments: z.array(RoleAssignment).default([]),
  groups: z.array(z.string()).default([]),
  members: z.array(z.string()).default([]),
});

/**
 * Gives a user or a group its roles, and puts users in their groups, as far as the other ends have twins; of the others
 * it tells the source's ids, and is run again when they have come. Where one tenant of many moves, the projects in which
 * its people have roles beside their own are not dragged along: that is why these are links and no needs.
 * Every assignment is tried, so that one refusal hides no other.
 */
export const assign = (actor: Actor): Step => ({
  name: 'assign',
  afterLinks: true,
  when: (attributes) => {
    const { role_assignments, groups, members } = Source.parse(attributes);
    return role_assignments.length + groups.length + members.length > 0;
  },
  run: async (context) => {
    const { requests, pending } = ties(context, actor);
    const refused: Failure[] = [];
    for (const request of requests) {
      try {
        await tie(context, request);
      } catch (error) {
        if (!isFailure(error) || error.disposition !== 'stop') throw error;
        refused.push(error);
      }
    }
    const [first] = refused;
    if (first !== undefined) throw first;
    return { assigned: requests.length, pending };
  },
});

interface Ties {
  readonly requests: readonly Request[];
  /** What has no twin yet, as `project/id`, `group/id` or `user/id`. */
  readonly pending: readonly string[];
}

const ties = (context: StepContext, actor: Actor): Ties => {
  const id = twinId(context);
  const s = Source.parse(context.attributes);
  const roles = s.role_assignments.map((each) => {
    const twin = twinAssignment(each, endsOf(context));
    return twin === undefined ? placeOf(each) : put(assignmentPath(actor, id, twin));
  });
  const joined = s.groups.map((group) => {
    const twin = context.twinOf({ type: 'group', id: group });
    return twin === undefined ? `group/${group}` : put(`/groups/${twin}/users/${id}`);
  });
  const taken = s.members.map((member) => {
    const twin = context.twinOf({ type: 'user', id: member });
    return twin === undefined ? `user/${member}` : put(`/groups/${id}/users/${twin}`);
  });
  const all = [...roles, ...joined, ...taken];
  return {
    requests: all.filter((each) => typeof each !== 'string'),
    pending: [...new Set(all.filter((each) => typeof each === 'string'))],
  };
};

/** A membership is looked for first: directories that may only be read refuse even to be told what is so already. */
const tie = async ({ destination, signal }: StepContext, request: Request): Promise<void> => {
  if (request.path.startsWith('/groups/')) {
    const asked = { method: 'GET', path: request.path, accept: [404] } as const;
    const { status } = await destination.send('identity', asked, signal);
    if (status !== 404) return;
  }
  await destination.send('identity', request, signal);
};

const put = (path: string): Request => ({ method: 'PUT', path });

const placeOf = ({ scope, role_id }: RoleAssignment): string => {
  if ('project' in scope) return `project/${scope.project}`;
  return 'domain' in scope ? `domain/${scope.domain}` : `role/${role_id}`;
};

const endsOf = ({ twinOf }: Pick<StepContext, 'twinOf'>): Ends => ({
  roles: (id) => twinOf({ type: 'role', id }),
  projects: (id) => twinOf({ type: 'project', id }),
  domains: (id) => twinOf({ type: 'domain', id }),
});

const twinId = ({ destinationId, ref }: StepContext): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot assign roles to ${ref.type} ${ref.id}: it has no twin`, {
    remedy: `Migrate the ${ref.type} first.`,
  });
};
