import { equalJson, Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Patience } from '@osm/resource';
import {
  allow,
  isHidden,
  isUsable,
  listAccess,
  sameClient,
  untilActive,
  type AccessRule,
  type Rule,
} from './access-rules.ts';
import { formerRules, lowered, recordedRules, recordKeys, recordOf, withdrawnBy } from './former-rules.ts';
import { tryAll } from './try-all.ts';
import { writeVersion } from './write-version.ts';

const service = 'shared-file-system';

/** From here on Manila changes a rule's level; before, the rule has to be denied and another one allowed. */
const updateVersion = '2.88';

/**
 * Takes write access away from a share's clients, who go on reading: every rule to write becomes one to read, which bears
 * the marker and remembers what it was. May be repeated, also after it died half way. Returns how many there are.
 */
export const withdrawAccess = async (
  cloud: Cloud,
  shareId: string,
  marker: string,
  patience: Patience,
): Promise<number> => {
  const { tenants, recorded } = await standing(cloud, shareId, patience.signal);
  const hidden = tenants.find(({ rule }) => rule.access_level === 'rw' && isHidden(rule));
  if (hidden !== undefined) throw cannotRepeat(cloud, shareId, hidden);
  const usable = tenants.filter(isUsable).map(({ rule }) => rule);
  const writing = formerRules(usable, recorded).filter(({ access_level }) => access_level === 'rw');
  await replace(cloud, shareId, writing, (rule) => lowered(rule, marker), patience);
  return writing.length;
};

/** Gives back what the step with this marker has withdrawn. Returns how many rules. */
export const giveAccessBack = async (
  cloud: Cloud,
  shareId: string,
  marker: string,
  patience: Patience,
): Promise<number> => {
  const { tenants, recorded } = await standing(cloud, shareId, patience.signal);
  const ours = tenants.map(({ rule }) => rule).filter((rule) => withdrawnBy(rule) === marker);
  const writing = formerRules(ours, recorded);
  await replace(cloud, shareId, writing, (rule) => rule, patience);
  return writing.length;
};

const standing = async (cloud: Cloud, shareId: string, signal: AbortSignal) => {
  const tenants = (await listAccess(cloud, shareId, signal)).filter(({ temporary }) => !temporary);
  return { tenants, recorded: recordedRules(await metadataOf(cloud, shareId, signal)) };
};

/** Replaces rules by what is made of them. Where a rule is gone for a moment, the share itself holds it meanwhile. */
const replace = async (
  cloud: Cloud,
  shareId: string,
  former: readonly Rule[],
  make: (rule: Rule) => Rule,
  patience: Patience,
): Promise<void> => {
  const { signal } = patience;
  const changes = canChange(await cloud.microversion(service));
  const there = await listAccess(cloud, shareId, signal);
  const wrong = former.map(make).filter((rule) => !there.some((one) => isUsable(one) && same(one.rule, rule)));
  if (wrong.length > 0 && !changes) {
    // Manila takes no new rule while one is in error: denied ones would stay away.
    const bad = there.find(({ state }) => state === 'error');
    if (bad !== undefined) throw inError(cloud, shareId, bad);
    const record = recordOf(former);
    // What is left of a longer record, of one that died while it went, would make this one unreadable.
    await forget(cloud, shareId, (key) => !(key in record), signal);
    const body = { metadata: record };
    await cloud.send(service, { ...metadataRequest(shareId), method: 'POST', body, repeatable: true }, signal);
  }
  // One refusal keeps no other rule from coming back.
  await tryAll(
    ...wrong.map((rule) => async () => {
      signal.throwIfAborted();
      const one = there.find((found) => sameClient(found.rule, rule));
      if (one !== undefined && changes) await change(cloud, one, rule, signal);
      else await makeAnew(cloud, shareId, one, rule, patience);
    }),
  );
  if (former.length > 0) await untilActive(cloud, shareId, former, patience);
  await forget(cloud, shareId, () => true, signal);
};

/** Removes parts of the record, the last one first: what a death leaves is never whole, and never the end of another one. */
const forget = async (
  cloud: Cloud,
  shareId: string,
  isGoing: (key: string) => boolean,
  signal: AbortSignal,
): Promise<void> => {
  const keys = recordKeys(await metadataOf(cloud, shareId, signal));
  for (const key of keys.filter(isGoing).toSorted((a, b) => Number(b.slice(11)) - Number(a.slice(11)))) {
    const { path, microversion } = metadataRequest(shareId);
    await cloud.send(service, { method: 'DELETE', path: `${path}/${key}`, microversion, accept: [404] }, signal);
  }
};

const same = (a: Rule, b: Rule): boolean =>
  sameClient(a, b) && a.access_level === b.access_level && equalJson(a.metadata, b.metadata);

/** The mark is there before the level is lowered, and goes after it was raised. */
const change = async (cloud: Cloud, { id, rule: now }: AccessRule, rule: Rule, signal: AbortSignal): Promise<void> => {
  const path = `/share-access-rules/${id}`;
  const microversion = updateVersion;
  const metadata = { metadata: rule.metadata };
  if (Object.keys(rule.metadata).length > 0) {
    await cloud.send(service, { method: 'PUT', path: `${path}/metadata`, body: metadata, microversion }, signal);
  }
  const update_access = { access_level: rule.access_level };
  await cloud.send(service, { method: 'PUT', path, body: { update_access }, microversion }, signal);
  for (const key of Object.keys(now.metadata).filter((name) => !(name in rule.metadata))) {
    const gone = { method: 'DELETE', path: `${path}/metadata/${key}`, microversion, accept: [404] } as const;
    await cloud.send(service, gone, signal);
  }
};

const makeAnew = async (
  cloud: Cloud,
  shareId: string,
  old: AccessRule | undefined,
  rule: Rule,
  patience: Patience,
): Promise<void> => {
  if (old !== undefined) {
    const body = { deny_access: { access_id: old.id } };
    const request = { method: 'POST', path: `/shares/${shareId}/action`, body, microversion: writeVersion } as const;
    await cloud.send(service, { ...request, accept: [404], repeatable: true }, patience.signal);
    const isThere = async (): Promise<boolean> =>
      (await listAccess(cloud, shareId, patience.signal)).some(({ id }) => id === old.id);
    await until(
      async () => ((await isThere()) ? undefined : true),
      patience,
      () => stays(cloud, shareId, old),
    );
  }
  await allow(cloud, shareId, rule, patience.signal);
};

const metadataRequest = (shareId: string) =>
  ({ path: `/shares/${shareId}/metadata`, microversion: writeVersion }) as const;

const metadataOf = async (cloud: Cloud, shareId: string, signal: AbortSignal): Promise<JsonObject> => {
  const { body } = await cloud.send(service, { method: 'GET', ...metadataRequest(shareId) }, signal);
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  return isJsonObject(metadata) ? metadata : {};
};

const canChange = (version: string | undefined): boolean => {
  const [major = 0, minor = 0] = (version ?? '0').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 88);
};

const cannotWithdraw = (cloud: Cloud, shareId: string, why: string, remedy: string): Failure =>
  new Failure('cannot-withdraw', `cannot take write access to share ${shareId} of ${cloud.name} away: ${why}`, {
    remedy,
  });

const cannotRepeat = (cloud: Cloud, shareId: string, { id }: AccessRule): Failure =>
  cannotWithdraw(
    cloud,
    shareId,
    `the client of access rule ${id} is hidden from us`,
    'Take that rule away by hand (openstack share access delete), then retry.',
  );

const inError = (cloud: Cloud, shareId: string, { id }: AccessRule): Failure =>
  cannotWithdraw(
    cloud,
    shareId,
    `access rule ${id} is in error, and Manila takes no other rule as long as it is there`,
    'Delete that rule (openstack share access delete), then retry.',
  );

const stays = (cloud: Cloud, shareId: string, { id }: AccessRule): Failure =>
  cannotWithdraw(
    cloud,
    shareId,
    `access rule ${id} was denied and is still there`,
    'Look into the logs of Manila’s share service, then retry: it goes on from there.',
  );
