import { Failure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import type { Answer, Cloud, Step, StepContext } from '@osm/resource';
import { z } from 'zod';

const Node = z.object({
  id: z.string(),
  enabled: z.boolean(),
  parent_id: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  options: z.record(z.string(), z.json()).default({}),
});

/** A project or a domain as part of the tree: Keystone shows domains as projects, too. */
type Node = z.infer<typeof Node>;

/** One project or domain. Raises `not-found`. */
export const readNode = async (cloud: Cloud, id: string, signal?: AbortSignal): Promise<Node> => {
  const { body } = await cloud.send('identity', { method: 'GET', path: `/projects/${id}` }, signal);
  return Node.parse(isJsonObject(body) ? body['project'] : body);
};

/** The project and all above it, the domain last. */
const readBranch = async (cloud: Cloud, id: string, signal?: AbortSignal): Promise<readonly Node[]> => {
  const node = await readNode(cloud, id, signal);
  return node.parent_id == null ? [node] : [node, ...(await readBranch(cloud, node.parent_id, signal))];
};

/**
 * Adds to projects whether all projects above them, and the domain, are enabled; of their tags it leaves those that are
 * their own, without the marks of what we borrow for a while.
 */
export const branchEnabled = (cloud: Cloud): Promise<(item: JsonObject) => Promise<JsonObject>> => {
  const known = new Map<string, Promise<boolean>>();
  const read = async (id: string): Promise<boolean> => {
    const { enabled, parent_id } = await readNode(cloud, id);
    return enabled && (parent_id == null || (await isEnabled(parent_id)));
  };
  const isEnabled = (id: string): Promise<boolean> => {
    const reading = known.get(id) ?? read(id);
    known.set(id, reading);
    return reading;
  };
  return Promise.resolve(async (item) => {
    const { parent_id: above, tags } = item;
    return {
      ...(Array.isArray(tags) ? { tags: tags.filter((tag) => !isLoanMark(String(tag))) } : {}),
      branch_enabled: typeof above === 'string' ? await isEnabled(above) : true,
    };
  });
};

/** The tag of one who wants a disabled project enabled for a while. */
const openTag = (mark: string): string => `${mark}-open`;

const holders = (node: Node): readonly string[] => node.tags.filter((tag) => /^osm-\w+-open$/.test(tag));

const enable = (cloud: Cloud, id: string, enabled: boolean, signal: AbortSignal): Promise<unknown> =>
  cloud.send('identity', { method: 'PATCH', path: `/projects/${id}`, body: { project: { enabled } } }, signal);

/** Whether a project's tag says that we have something there for a while: it is none of the project's own. */
export const isLoanMark = (tag: string): boolean => /^osm-[0-9a-f]{23}(-open|-lent-.+)$/.test(tag);

/** Tags a project. Keystone refuses a tag that is there already (400), which a repeated request finds. */
export const putTag = (cloud: Cloud, id: string, tag: string, signal?: AbortSignal): Promise<Answer> =>
  cloud.send('identity', { method: 'PUT', path: `/projects/${id}/tags/${tag}`, accept: [400] }, signal);

/** Keystone writes all tags of a project at once: of two that come together one may be lost. */
const tagLost = (cloud: Cloud, id: string): Failure =>
  new Failure('tag-lost', `cannot enable project ${id} of ${cloud.name} for a while: it does not keep our tag`, {
    disposition: 'retry',
    remedy: 'Look at the tags of the project: it may have 80 already, which is the most that Keystone lets it have.',
  });

/**
 * Enables what is disabled of a branch, from the domain down, until `close` is called with the same mark. Each such
 * project carries the mark as a tag before it is enabled, so that it is found after a crash and shared with others
 * who want it enabled at the same time.
 */
export const open = async (cloud: Cloud, projectId: string, mark: string, signal: AbortSignal): Promise<void> => {
  const branch = await readBranch(cloud, projectId, signal);
  for (const node of branch.toReversed()) {
    if (node.enabled && holders(node).length === 0) continue;
    await putTag(cloud, node.id, openTag(mark), signal);
    // Read again: another one may have closed it before it saw our tag.
    const now = await readNode(cloud, node.id, signal);
    if (!now.tags.includes(openTag(mark))) throw tagLost(cloud, node.id);
    if (!now.enabled) await enable(cloud, node.id, true, signal);
  }
};

/** Disables again, from the project up, what `open` has enabled and nobody else wants open. */
export const close = async (cloud: Cloud, projectId: string, mark: string, signal: AbortSignal): Promise<void> => {
  const tag = openTag(mark);
  for (const node of await readBranch(cloud, projectId, signal)) {
    if (!node.tags.includes(tag)) continue;
    const shared = holders(node).length > 1;
    if (!shared) await enable(cloud, node.id, false, signal);
    await cloud.send('identity', { method: 'DELETE', path: `/projects/${node.id}/tags/${tag}`, accept: [404] }, signal);
    // Somebody may have come, or the last of the others gone, since the first look.
    const now = await readNode(cloud, node.id, signal);
    const wanted = holders(now).length > 0;
    if (now.enabled !== wanted) await enable(cloud, node.id, wanted, signal);
  }
};

/** Whether Keystone refuses projects below: one above, or the domain, is disabled. */
const inDisabledBranch = (attributes: JsonObject): boolean => attributes['branch_enabled'] === false;

/** The twin of what stands directly above the project. */
const above = ({ attributes, twinOf }: StepContext): string | undefined => {
  const { parent_id: parent, domain_id: domain } = attributes;
  if (typeof parent === 'string' && parent !== domain) return twinOf({ type: 'project', id: parent });
  return typeof domain === 'string' ? twinOf({ type: 'domain', id: domain }) : undefined;
};

const branchMark = ({ route, ref }: StepContext): string => marker(route, ref.type, ref.id, 'open-branch');

/** Keystone makes no project below a disabled one: the branch is enabled as long as it takes to make this one. */
export const openBranch: Step = {
  name: 'open-branch',
  when: inDisabledBranch,
  run: async (context) => {
    const id = above(context);
    if (id !== undefined) await open(context.destination, id, branchMark(context), context.signal);
    return {};
  },
};

/** What was disabled stays disabled, also when the project could not be made. */
export const closeBranch: Step = {
  name: 'close-branch',
  always: true,
  when: inDisabledBranch,
  run: async (context) => {
    const id = above(context);
    if (id !== undefined) await close(context.destination, id, branchMark(context), context.signal);
    return {};
  },
};
