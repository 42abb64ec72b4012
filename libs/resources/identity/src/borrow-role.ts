import { Failure, marker, type JsonObject } from '@osm/kernel';
import type { PastStep, Step, StepContext } from '@osm/resource';
import { close, open } from './branch.ts';
import { borrowRole, existingRole, returnRole, roleNamed, type Lendable, type Loan } from './borrow-role-in-project.ts';

/** All plans of a route hold the same loan: the history tells which of them still work with it. */
const holderOf = ({ route, ref }: StepContext): string => marker(route, ref.type, ref.id, 'grant');

/**
 * Lends the migrating user `member_role_name` in the project's twin, for services that take the owner from the token
 * alone, and the roles that single services ask for beside it. A role that was there before stays. Keystone gives no tokens for a disabled project: one that the source has disabled is enabled
 * for as long as the roles are lent.
 */
export const grant: Step = {
  name: 'grant',
  run: async (context) => {
    const { destination, destinationId: projectId, signal } = context;
    if (projectId === undefined) throw noTwin(context);
    if (isClosed(context.attributes)) await open(destination, projectId, holderOf(context), signal);
    const { userId } = await destination.whoAmI();
    const assigned = [];
    for (const role of await rolesToMake(context)) {
      if (await borrowRole(loanOf(context, projectId, role))) assigned.push(role.id);
    }
    return { assigned, userId };
  },
};

/** Takes back what `grant` assigned, unless another plan still works with it: the last one does. */
export const revoke: Step = {
  name: 'revoke',
  always: true,
  run: async (context) => {
    const { destination, destinationId: projectId, outputs, history, signal } = context;
    if (projectId === undefined) return { revoked: false };
    const heldBy = plansHolding(history, grant.name, 'revoke');
    if (heldBy.length > 0) return { revoked: false, heldBy };
    let revoked = false;
    for (const role of await rolesToMake(context)) {
      const recorded = lent(outputs[grant.name], history, role, grant.name, 'revoke');
      revoked = (await returnRole(loanOf(context, projectId, role), recorded)) || revoked;
    }
    if (isClosed(context.attributes)) await close(destination, projectId, holderOf(context), signal);
    return { revoked };
  },
};

const loanOf = (context: StepContext, projectId: string, role: Lendable): Loan => ({
  cloud: context.destination,
  projectId,
  role,
  holder: holderOf(context),
  signal: context.signal,
});

const rolesToMake = async ({ destination, policy, signal }: StepContext): Promise<readonly Lendable[]> => {
  const roles = [await existingRole(destination, policy.member_role_name, signal)];
  for (const [service, name] of rolesOfServices) {
    const role = (await destination.has(service)) ? await roleNamed(destination, name, signal) : undefined;
    if (role !== undefined && roles.every(({ id }) => id !== role.id)) roles.push(role);
  }
  return roles;
};

/** Without them the older policies of these services let a member make nothing; where a cloud lacks one, members may. */
const rolesOfServices = [
  ['key-manager', 'creator'],
  ['load-balancer', 'load-balancer_member'],
  ['object-store', 'swiftoperator'],
] as const;

/** A token for it cannot be had: the source has disabled the project itself, one above it, or its domain. */
export const isClosed = (attributes: JsonObject): boolean =>
  attributes['enabled'] === false || attributes['branch_enabled'] === false;

/** Other plans that have roles on loan: granted, and not come to their giving back yet, however that ended. */
export const plansHolding = (history: readonly PastStep[], lend: string, giveBack: string): readonly string[] => {
  const holding = new Set<string>();
  for (const { planId, step, outcome } of history) {
    if (step === lend && outcome === 'succeeded') holding.add(planId);
    if (step === giveBack) holding.delete(planId);
  }
  return [...holding];
};

/** Whether this plan, or one that left the role to us, recorded that it was assigned by us. */
export const lent = (
  granted: JsonObject | undefined,
  history: readonly PastStep[],
  role: Lendable,
  lend: string,
  giveBack: string,
): boolean => {
  if (granted === undefined) return false;
  if (names(granted, role)) return true;
  const settled = history.filter(({ step }) => step === lend || step === giveBack);
  const lastReturn = settled.findLastIndex(({ outputs }) => outputs['revoked'] === true);
  return settled.slice(lastReturn + 1).some(({ outputs }) => names(outputs, role));
};

const names = ({ assigned }: JsonObject, { id }: Lendable): boolean => Array.isArray(assigned) && assigned.includes(id);

const noTwin = ({ ref, policy }: StepContext): Failure =>
  new Failure(
    'missing-twin',
    `cannot borrow role ${policy.member_role_name} in project ${ref.id}: the project has no twin`,
    { remedy: 'Migrate the project first, or plan with --include-dependencies.' },
  );
