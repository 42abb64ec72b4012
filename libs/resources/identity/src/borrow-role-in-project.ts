import type { Cloud } from '@osm/resource';
import { Failure } from '@osm/kernel';
import { putTag, readNode } from './branch.ts';

/** A role as loans name it. */
export interface Lendable {
  readonly id: string;
  readonly name: string;
}

/** A role that the migrating user has in a project for a while, and on whose behalf. */
export interface Loan {
  readonly cloud: Cloud;
  readonly projectId: string;
  readonly role: Lendable;
  /** A marker: the same for all who share the loan, another one for each who must not take it from the others. */
  readonly holder: string;
  readonly signal?: AbortSignal | undefined;
}

const loanTag = /^osm-[0-9a-f]{23}-lent-(.+)$/;

const tagOf = ({ holder, role }: Loan): string => `${holder}-lent-${role.id}`;

const holdersOf = (tags: readonly string[], { role }: Loan): readonly string[] =>
  tags.filter((tag) => loanTag.exec(tag)?.[1] === role.id);

/**
 * Lends the role; true where the assignment is ours. A role assignment cannot be marked, so the project carries a tag for
 * each who works with it, from before the role is assigned until after it is taken back: without any tag, a role that is
 * there was not assigned by us, and stays. An immutable project takes no tags; there the result alone says whose it is.
 */
export const borrowRole = async (loan: Loan): Promise<boolean> => {
  const { cloud, projectId, signal } = loan;
  const path = await assignmentOf(loan);
  const node = await readNode(cloud, projectId, signal);
  const holders = holdersOf(node.tags, loan);
  if (holders.length === 0) {
    const { status } = await cloud.send('identity', { method: 'HEAD', path, accept: [404] }, signal);
    if (status !== 404) return false;
  }
  if (!holders.includes(tagOf(loan)) && node.options['immutable'] !== true) {
    await putTag(cloud, projectId, tagOf(loan), signal);
    // Keystone writes all tags of a project at once: of two that come together one may be lost.
    if (!(await readNode(cloud, projectId, signal)).tags.includes(tagOf(loan))) throw markLost(loan);
  }
  await cloud.send('identity', { method: 'PUT', path }, signal);
  return true;
};

/**
 * Takes back what `borrowRole` assigned, unless others hold it too: the last of them does. `recorded` says that it was
 * ours where no tag could be put. True where this holder had it.
 */
export const returnRole = async (loan: Loan, recorded = false): Promise<boolean> => {
  const { cloud, projectId, signal } = loan;
  const tag = tagOf(loan);
  const { tags } = await readNode(cloud, projectId, signal);
  if (!tags.includes(tag) && !recorded) return false;
  const path = await assignmentOf(loan);
  const shared = holdersOf(tags, loan).some((holder) => holder !== tag);
  if (!shared) await cloud.send('identity', { method: 'DELETE', path, accept: [404] }, signal);
  // A project that has become immutable meanwhile keeps its tags.
  const untag = { method: 'DELETE', path: `/projects/${projectId}/tags/${tag}`, accept: [403, 404] } as const;
  await cloud.send('identity', untag, signal);
  // Somebody may have come, or the last of the others gone, since the first look.
  const wanted = holdersOf((await readNode(cloud, projectId, signal)).tags, loan).some((holder) => holder !== tag);
  if (wanted !== shared) {
    await cloud.send('identity', { method: wanted ? 'PUT' : 'DELETE', path, accept: [404] }, signal);
  }
  return true;
};

/** The role of that name that belongs to no domain; undefined where there is none. */
export const roleNamed = async (cloud: Cloud, name: string, signal?: AbortSignal): Promise<Lendable | undefined> => {
  for await (const { id } of cloud.list('identity', '/roles', { key: 'roles', query: { name } }, signal)) {
    return { id: String(id), name };
  }
  return undefined;
};

/** The same, where there must be one. */
export const existingRole = async (cloud: Cloud, name: string, signal?: AbortSignal): Promise<Lendable> => {
  const role = await roleNamed(cloud, name, signal);
  if (role !== undefined) return role;
  throw new Failure('no-such-role', `cannot borrow role ${name} on ${cloud.name}: there is no such role`, {
    remedy: 'Set member_role_name to a role that gives the rights of a project member there.',
  });
};

const assignmentOf = async ({ cloud, projectId, role }: Loan): Promise<string> => {
  const { userId } = await cloud.whoAmI();
  return `/projects/${projectId}/users/${userId}/roles/${role.id}`;
};

const markLost = ({ cloud, projectId, role }: Loan): Failure =>
  new Failure(
    'tag-lost',
    `cannot borrow role ${role.name} in project ${projectId} of ${cloud.name}: it does not keep our tag`,
    {
      disposition: 'retry',
      remedy: 'Look at the tags of the project: it may have 80 already, which is the most that Keystone lets it have.',
    },
  );
