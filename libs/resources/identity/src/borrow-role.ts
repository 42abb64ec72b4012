import { Failure, marker, type JsonObject } from '@osm/kernel';
import type { PastStep, Step, StepContext } from '@osm/resource';
import { close, open, putTag, readNode } from './branch.ts';

/** Both steps must find the same mark, whichever of them runs. */
const loanMark = ({ route, ref }: StepContext): string => marker(route, ref.type, ref.id, 'grant');

/**
 * Lends the migrating user `member_role_name` in the project's twin, for services that take the owner from the token
 * alone. A role assignment cannot be marked, so the project carries the mark as a tag, from before the role is assigned
 * until after it is taken back: without it, a role that is there was not assigned by us, and stays. Keystone gives no
 * tokens for a disabled project: one that the source has disabled is enabled for as long as the role is lent.
 */
export const grant: Step = {
  name: 'grant',
  run: async (context) => {
    const { destination, destinationId: projectId, signal } = context;
    if (projectId === undefined) throw noTwin(context);
    if (isClosed(context.attributes)) await open(destination, projectId, loanMark(context), signal);
    const { userId } = await destination.whoAmI();
    const roleId = await roleToBorrow(context);
    const path = `/projects/${projectId}/users/${userId}/roles/${roleId}`;
    const twin = await readNode(destination, projectId, signal);
    const marked = twin.tags.includes(loanMark(context));
    const { status } = await destination.send('identity', { method: 'HEAD', path, accept: [404] }, signal);
    if (status !== 404 && !marked) return { assigned: false, roleId, userId };
    // An immutable project takes no tags; there the recorded output alone says whose assignment it is.
    if (!marked && twin.options['immutable'] !== true) await putTag(destination, projectId, loanMark(context), signal);
    await destination.send('identity', { method: 'PUT', path }, signal);
    return { assigned: true, roleId, userId };
  },
};

/** Takes back what `grant` assigned, unless another plan still works with it: the last one does. */
export const revoke: Step = {
  name: 'revoke',
  always: true,
  run: async (context) => {
    const { destination, destinationId: projectId, outputs, history, signal } = context;
    if (projectId === undefined) return { revoked: false };
    const heldBy = holdersOf(history);
    if (heldBy.length > 0) return { revoked: false, heldBy };
    const twin = await readNode(destination, projectId, signal);
    const ours = twin.tags.includes(loanMark(context)) || lent(outputs['grant'], history);
    if (ours) {
      const { userId } = await destination.whoAmI();
      const path = `/projects/${projectId}/users/${userId}/roles/${await roleToBorrow(context)}`;
      await destination.send('identity', { method: 'DELETE', path, accept: [404] }, signal);
      const tag = { method: 'DELETE', path: tagPath(context, projectId), accept: [403, 404] } as const;
      await destination.send('identity', tag, signal);
    }
    if (isClosed(context.attributes)) await close(destination, projectId, loanMark(context), signal);
    return { revoked: ours };
  },
};

/** A token for it cannot be had: the source has disabled the project itself, one above it, or its domain. */
const isClosed = (attributes: JsonObject): boolean =>
  attributes['enabled'] === false || attributes['branch_enabled'] === false;

/** Other plans that have the role on loan: granted, and not come to their `revoke` yet, however that ended. */
const holdersOf = (history: readonly PastStep[]): readonly string[] => {
  const holding = new Set<string>();
  for (const { planId, step, outcome } of history) {
    if (step === 'grant' && outcome === 'succeeded') holding.add(planId);
    if (step === 'revoke') holding.delete(planId);
  }
  return [...holding];
};

/** Whether this plan, or one that left the role to us, recorded that it was assigned by us. */
const lent = (granted: JsonObject | undefined, history: readonly PastStep[]): boolean => {
  if (granted === undefined) return false;
  if (granted['assigned'] === true) return true;
  const settled = history.filter(({ step }) => step === 'grant' || step === 'revoke');
  const lastReturn = settled.findLastIndex(({ outputs }) => outputs['revoked'] === true);
  return settled.slice(lastReturn + 1).some(({ outputs }) => outputs['assigned'] === true);
};

const tagPath = (context: StepContext, projectId: string): string => `/projects/${projectId}/tags/${loanMark(context)}`;

const roleToBorrow = async ({ destination, policy, signal }: StepContext): Promise<string> => {
  const name = policy.member_role_name;
  for await (const { id } of destination.list('identity', '/roles', { key: 'roles', query: { name } }, signal)) {
    return String(id);
  }
  throw new Failure('no-such-role', `cannot borrow role ${name} on ${destination.name}: there is no such role`, {
    remedy: 'Set member_role_name to a role that gives the rights of a project member at the destination.',
  });
};

const noTwin = ({ ref, policy }: StepContext): Failure =>
  new Failure(
    'missing-twin',
    `cannot borrow role ${policy.member_role_name} in project ${ref.id}: the project has no twin`,
    { remedy: 'Migrate the project first, or plan with --include-dependencies.' },
  );
