import { isFailure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { PolicySchema, type Cloud } from '@osm/resource';
import { setTimeout as sleep } from 'node:timers/promises';
import { borrowRole, returnRole, type Lendable, type Loan } from './borrow-role-in-project.ts';
import { roleToRead } from './borrow-role-at-source.ts';
import { readNode } from './branch.ts';

/** Projects that are asked at once. */
const abreast = 6;

/**
 * Asks a question in every project of the cloud, for services that list what belongs to the token's project alone. Where
 * the credential has the role already it just asks; elsewhere the role is lent for the length of the question, under a tag
 * of the project that the next look takes for its own: what a crash left behind is returned then. (Immutable projects take
 * no tags.) Left out are disabled projects, and those of disabled domains: Keystone gives no tokens for them.
 */
export async function* askInEachProject<T>(
  cloud: Cloud,
  ask: (inside: Cloud) => Promise<readonly T[]>,
  signal?: AbortSignal,
): AsyncIterable<T> {
  const role = await roleToRead(cloud, PolicySchema.shape.member_role_name.parse(undefined), signal);
  const held = await projectsWith(cloud, role, signal);
  const projects = await openProjects(cloud, signal);
  for (let first = 0; first < projects.length; first += abreast) {
    // All of them to their end, also when one fails: each has something to give back.
    const answers = await Promise.allSettled(
      projects.slice(first, first + abreast).map((project) => {
        const projectId = String(project['id']);
        const loan: Loan = { cloud, projectId, role, holder: holderOf(cloud, projectId), signal };
        return answersOf(loan, held.has(projectId) && !isHeldBy(project, loan), ask);
      }),
    );
    for (const answer of answers) {
      if (answer.status === 'rejected') throw answer.reason;
      yield* answer.value;
    }
  }
}

const holderOf = ({ name }: Cloud, projectId: string): string =>
  marker({ source: name, destination: name }, 'project', projectId, 'look');

const isHeldBy = ({ tags }: JsonObject, { holder, role }: Loan): boolean =>
  Array.isArray(tags) && tags.includes(`${holder}-lent-${role.id}`);

/** Another look at the cloud, or a plan whose loan it was, may take the role back in the middle of a question. */
const patience = 3;

const answersOf = async <T>(
  loan: Loan,
  standing: boolean,
  ask: (inside: Cloud) => Promise<readonly T[]>,
): Promise<readonly T[]> => {
  const inside = loan.cloud.inProject(loan.projectId);
  for (let tries = 1; ; tries++) {
    try {
      return standing && tries === 1 ? await ask(inside) : await withLoan(loan, () => ask(inside));
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (await isClosedNow(loan)) return [];
      const refused = error.code === 'unauthorized' || error.code === 'forbidden';
      if (!refused || tries > patience) throw error;
      // Keystone takes back the tokens of the whole second in which a role was taken back.
      await sleep(1000, undefined, { signal: loan.signal });
    }
  }
};

/** Projects come and go while a cloud is looked at. */
const isClosedNow = async ({ cloud, projectId, signal }: Loan): Promise<boolean> => {
  try {
    return !(await readNode(cloud, projectId, signal)).enabled;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return true;
    throw error;
  }
};

const withLoan = async <T>(loan: Loan, work: () => Promise<T>): Promise<T> => {
  let ours = false;
  try {
    ours = await borrowRole(loan);
    return await work();
  } finally {
    // Whatever stopped the question must not stop this.
    await returnRole({ ...loan, signal: undefined }, ours);
  }
};

/** The projects in which the credential has the role, in whatever way: one question for all of them. */
const projectsWith = async (cloud: Cloud, role: Lendable, signal?: AbortSignal): Promise<ReadonlySet<string>> => {
  const { userId } = await cloud.whoAmI();
  const query = { 'user.id': userId, 'role.id': role.id, effective: '1' };
  const held = new Set<string>();
  for await (const { scope } of cloud.list(
    'identity',
    '/role_assignments',
    { key: 'role_assignments', query },
    signal,
  )) {
    const project = isJsonObject(scope) ? scope['project'] : undefined;
    if (isJsonObject(project)) held.add(String(project['id']));
  }
  return held;
};

const openProjects = async (cloud: Cloud, signal?: AbortSignal): Promise<readonly JsonObject[]> => {
  const [domains, projects] = await Promise.all(
    (['domains', 'projects'] as const).map((key) =>
      Array.fromAsync(cloud.list('identity', `/${key}`, { key, query: { enabled: 'true' } }, signal)),
    ),
  );
  const open = new Set(domains?.filter(({ enabled }) => enabled === true).map(({ id }) => id));
  return (projects ?? []).filter(({ enabled, domain_id: domain }) => enabled === true && open.has(domain));
};
