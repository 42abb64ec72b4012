import { Failure, isFailure, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Patience } from '@osm/resource';
import { z } from 'zod';
import { writeVersion } from './write-version.ts';

/** Reads a rule, as Manila tells of it. */
export const Rule = z.object({
  access_type: z.string(),
  access_to: z.string(),
  access_level: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
});

/** Who may mount a share, and how. */
export type Rule = z.infer<typeof Rule>;

const Rules = z.object({ access_list: z.array(Rule.extend({ id: z.string(), state: z.string().nullable() })) });

/** The key under which a rule of ours says which step has made it. */
const markerKey = 'osm_marker';

/** A rule as it is in a cloud. */
export interface AccessRule {
  readonly id: string;
  readonly rule: Rule;
  readonly state: string;
  /** Made by us, for the time of a copy. */
  readonly temporary: boolean;
  readonly marker: string | undefined;
}

/** Every rule of a share. */
export const listAccess = async (
  cloud: Cloud,
  shareId: string,
  signal?: AbortSignal,
): Promise<readonly AccessRule[]> => {
  const request = {
    method: 'GET',
    path: '/share-access-rules',
    query: { share_id: shareId },
    microversion: writeVersion,
  } as const;
  const { body } = await cloud.send('shared-file-system', request, signal);
  return Rules.parse(body).access_list.map(({ id, state, ...rule }) => {
    const marker = rule.metadata[markerKey];
    // A rule that is denied has no state at all for a moment, before it is gone.
    return { id, rule, state: state ?? 'denying', temporary: marker !== undefined, marker };
  });
};

/** Whether a rule lets anybody in, or will: one in error does not, and one whose client is hidden cannot be repeated. */
export const isUsable = ({ rule, state }: AccessRule): boolean => letting.includes(state) && !isHidden(rule);

const letting = ['new', 'queued_to_apply', 'applying', 'active', 'queued_to_update', 'updating'];

/** Whether we are not told whom a rule lets in. */
export const isHidden = ({ access_to }: Rule): boolean => /^\*+$/.test(access_to);

/** Whether two rules are about the same client: Manila keeps one rule for each. */
export const sameClient = (a: Rule, b: Rule): boolean =>
  a.access_type === b.access_type && withoutLength(a.access_to) === withoutLength(b.access_to);

const withoutLength = (client: string): string =>
  client.toLowerCase().replace(client.includes(':') ? /\/128$/ : /\/32$/, '');

/** Asks for a rule; Manila applies it later. An answer that got lost is looked up. */
export const allow = async (cloud: Cloud, shareId: string, rule: Rule, signal: AbortSignal): Promise<void> => {
  const { metadata, ...client } = rule;
  const body: JsonObject = {
    allow_access: { ...client, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) },
  };
  const path = `/shares/${shareId}/action`;
  try {
    await cloud.send('shared-file-system', { method: 'POST', path, body, microversion: writeVersion }, signal);
  } catch (error) {
    if (!isFailure(error) || error.disposition !== 'unknown') throw error;
    const there = await listAccess(cloud, shareId, signal);
    if (!there.some((one) => sameClient(one.rule, rule))) throw error;
  }
};

/** Waits until a share's rules for these clients let them in. Raises `access-refused`. */
export const untilActive = (
  cloud: Cloud,
  shareId: string,
  rules: readonly Rule[],
  patience: Patience,
): Promise<true> => {
  let last = '';
  return until(
    async () => {
      const there = await listAccess(cloud, shareId, patience.signal);
      for (const rule of rules) {
        const found = there.find((one) => sameClient(one.rule, rule));
        last = `${inWords(rule)} is ${found?.state ?? 'gone'}`;
        if (found?.state === 'active') continue;
        if (found === undefined || found.state === 'error') throw refused(cloud, shareId, last);
        return undefined;
      }
      return true;
    },
    patience,
    () => refused(cloud, shareId, last),
  );
};

/** Lets a client in for as long as a copy lasts; a rule that lets it in already is left as it is. */
export const lend = async (
  cloud: Cloud,
  shareId: string,
  client: { readonly address: string; readonly level: 'ro' | 'rw'; readonly marker: string },
  patience: Patience,
): Promise<void> => {
  const rule: Rule = {
    access_type: 'ip',
    access_to: client.address,
    access_level: client.level,
    metadata: { [markerKey]: client.marker },
  };
  const there = (await listAccess(cloud, shareId, patience.signal)).find((one) => sameClient(one.rule, rule));
  if (there !== undefined && client.level === 'rw' && there.rule.access_level !== 'rw') {
    throw refused(cloud, shareId, `${inWords(there.rule)} is there already`);
  }
  if (there === undefined) await allow(cloud, shareId, rule, patience.signal);
  await untilActive(cloud, shareId, [rule], patience);
};

/** Takes back every rule that bears the marker, and waits until they are gone. Returns their ids. */
export const takeBack = async (
  cloud: Cloud,
  shareId: string,
  marker: string,
  patience: Patience,
): Promise<readonly string[]> => {
  const lent = async (): Promise<readonly AccessRule[]> =>
    (await listAccess(cloud, shareId, patience.signal)).filter((one) => one.marker === marker);
  const ids = (await lent()).map(({ id }) => id);
  for (const access_id of ids) {
    const body = { deny_access: { access_id } };
    const request = { method: 'POST', path: `/shares/${shareId}/action`, body, microversion: writeVersion } as const;
    await cloud.send('shared-file-system', { ...request, accept: [404], repeatable: true }, patience.signal);
  }
  if (ids.length === 0) return ids;
  await until(
    async () => ((await lent()).length === 0 ? true : undefined),
    patience,
    () =>
      new Failure('not-removed', `the temporary access rules ${ids.join(', ')} of share ${shareId} are still there`, {
        remedy: `Deny them on ${cloud.name} by hand: openstack share access delete.`,
      }),
  );
  return ids;
};

const inWords = ({ access_type, access_to, access_level }: Rule): string =>
  `the rule for ${access_type} ${access_to} (${access_level})`;

const refused = (cloud: Cloud, shareId: string, why: string): Failure =>
  new Failure('access-refused', `share ${shareId} of ${cloud.name} does not let its clients in: ${why}`, {
    remedy: 'Look into the logs of Manila’s share service; delete a rule that is in error; then retry.',
  });
