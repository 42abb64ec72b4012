import { Failure, marker } from '@osm/kernel';
import type { Cloud, Step, StepContext } from '@osm/resource';
import { isClosed, lent, plansHolding } from './borrow-role.ts';
import { borrowRole, existingRole, returnRole, roleNamed, type Lendable, type Loan } from './borrow-role-in-project.ts';

/**
 * The one role with which Barbican shows everything of a project: `admin`, where the credential has it anyhow, since
 * what its creator keeps private is shown to nobody else; or else `creator`, which its older policy wants; or else the
 * role of an ordinary member.
 */
export const roleToRead = async (cloud: Cloud, memberRole: string, signal?: AbortSignal): Promise<Lendable> => {
  const { roles } = await cloud.whoAmI();
  const admin = roles.includes('admin') ? await roleNamed(cloud, 'admin', signal) : undefined;
  return admin ?? (await roleNamed(cloud, 'creator', signal)) ?? (await existingRole(cloud, memberRole, signal));
};

/**
 * Lends the migrating user a role in the project at the source, for services that show what is in a resource to members
 * of its project only. A role that was there before stays. A disabled project is left alone: nothing is changed at the
 * source that its users could notice.
 */
export const grantSource: Step = {
  name: 'grant-source',
  run: async (context) => {
    if (isClosed(context.attributes)) throw closed(context);
    const loan = await loanOf(context);
    return { assigned: (await borrowRole(loan)) ? [loan.role.id] : [] };
  },
};

/** Takes back what `grant-source` assigned, unless another plan still works with it: the last one does. */
export const revokeSource: Step = {
  name: 'revoke-source',
  always: true,
  run: async (context) => {
    const { outputs, history } = context;
    const heldBy = plansHolding(history, grantSource.name, 'revoke-source');
    if (heldBy.length > 0) return { revoked: false, heldBy };
    const loan = await loanOf(context);
    const recorded = lent(outputs[grantSource.name], history, loan.role, grantSource.name, 'revoke-source');
    return { revoked: await returnRole(loan, recorded) };
  },
};

const loanOf = async ({ source, route, ref, policy, signal }: StepContext): Promise<Loan> => ({
  cloud: source,
  projectId: ref.id,
  role: await roleToRead(source, policy.member_role_name, signal),
  holder: marker(route, ref.type, ref.id, 'grant-source'),
  signal,
});

const closed = ({ ref, source }: StepContext): Failure =>
  new Failure(
    'project-disabled',
    `cannot read in project ${ref.id} of ${source.name}: it, one above it or its domain is disabled, and Keystone gives no tokens for it`,
    { remedy: 'Enable the project at the source for as long as the migration takes, or leave its secrets out.' },
  );
