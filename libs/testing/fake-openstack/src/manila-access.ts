import { isIP } from 'node:net';
import type { Call, JsonObject, Reply } from './frame.ts';
import { bodyOf, isObject, Refusal } from './frame.ts';
import { writeRules } from './manila-exports.ts';
import {
  accessRules,
  later,
  manilaTime,
  shareOf,
  shares,
  metadataOf,
  type AccessRule,
  type Share,
} from './manila-rows.ts';

/** Rules are applied later, and taken away later. */
export function actOnShare(call: Call): Reply {
  const share = shareOf(call, call.params.id ?? '');
  if (isObject(call.body) && 'deny_access' in call.body) return deny(call, share);
  return allow(call, share);
}

function allow(call: Call, share: Share): Reply {
  const { cloud } = call;
  const wanted = bodyOf(call, 'allow_access');
  const [type, to, level] = [String(wanted.access_type), String(wanted.access_to), String(wanted.access_level ?? 'rw')];
  if (type === 'ip') checkAddress(to);
  if (share.status !== 'available') {
    const why = 'lacks a valid host or is in an invalid state';
    throw new Refusal(
      400,
      `New access rules cannot be applied while the share or any of its replicas or migration copies ${why}.`,
    );
  }
  const there = rulesOf(call, share);
  if (there.some((one) => one.type === type && same(one.to, to))) {
    throw new Refusal(400, `Share access ${type}:${to} exists.`);
  }
  if (level !== 'rw' && level !== 'ro') {
    throw new Refusal(400, `Invalid access rule: Invalid share access level: ${level}.`);
  }
  const rule: AccessRule = {
    ...{ id: cloud.newId(), shareId: share.id, type, to, level, metadata: metadataOf(wanted.metadata) },
    ...{ state: 'queued_to_apply', createdAt: cloud.now(), updatedAt: null },
  };
  accessRules(cloud).set(rule.id, rule);
  later(cloud, () => {
    rule.state = 'applying';
    later(cloud, () => {
      // The driver knows addresses and users, and refuses the rest after the fact.
      rule.state = type === 'ip' || type === 'user' ? 'active' : 'error';
      rule.updatedAt = cloud.now();
      writeRules(cloud, share);
    });
  });
  return { status: 200, body: { access: shown(rule, true) } };
}

function deny(call: Call, share: Share): Reply {
  const { cloud } = call;
  const { access_id: id } = bodyOf(call, 'deny_access');
  const rule = accessRules(cloud).get(String(id));
  if (rule === undefined || rule.shareId !== share.id) throw new Refusal(404, 'Resource could not be found.');
  rule.state = 'queued_to_deny';
  later(cloud, () => {
    rule.state = null;
    writeRules(cloud, share);
    later(cloud, () => void accessRules(cloud).delete(rule.id));
  });
  return { status: 202 };
}

function checkAddress(to: string): void {
  const [address = '', length] = to.split('/');
  const family = isIP(address);
  const fits = length === undefined || (/^\d+$/.test(length) && Number(length) <= (family === 6 ? 128 : 32));
  if (family === 0 || !fits) throw new Refusal(400, `'${to}' does not appear to be an IPv4 or IPv6 network`);
}

const same = (one: string, other: string): boolean => withoutLength(one) === withoutLength(other);
const withoutLength = (to: string): string => to.replace(to.includes(':') ? /\/128$/ : /\/32$/, '');

const rulesOf = ({ cloud }: Call, share: Share): AccessRule[] =>
  [...accessRules(cloud).values()].filter(({ shareId }) => shareId === share.id);

export function listAccess(call: Call): Reply {
  if (!call.atLeast('2.45')) throw new Refusal(404, 'The resource could not be found.');
  const id = call.query.get('share_id');
  if (id === null) throw new Refusal(400, "The field 'share_id' has to be specified.");
  const share = shares(call.cloud).get(id);
  if (share === undefined) throw new Refusal(400, `Share ${id} not found.`);
  return { status: 200, body: { access_list: rulesOf(call, share).map((rule) => shown(rule, false)) } };
}

export function showAccess(call: Call): Reply {
  return { status: 200, body: { access: shown(ruleOf(call), true) } };
}

function ruleOf(call: Call): AccessRule {
  const rule = accessRules(call.cloud).get(call.params.id ?? '');
  if (rule === undefined) throw new Refusal(404, 'Resource could not be found.');
  return rule;
}

/** Changes a rule's level, later; newer releases can. */
export function updateAccess(call: Call): Reply {
  if (!call.atLeast('2.88')) throw new Refusal(404, 'The resource could not be found.');
  const { cloud } = call;
  const rule = ruleOf(call);
  const level = bodyOf(call, 'update_access').access_level;
  if (level !== 'rw' && level !== 'ro') {
    throw new Refusal(400, `Invalid or unsupported share access level: ${String(level)}.`);
  }
  if (rule.level !== level) {
    rule.level = level;
    rule.state = 'queued_to_update';
    later(cloud, () => {
      const share = shares(cloud).get(rule.shareId);
      rule.state = 'active';
      rule.updatedAt = cloud.now();
      if (share !== undefined) writeRules(cloud, share);
    });
  }
  return { status: 200, body: { access: shown(rule, true) } };
}

/** Adds to a rule's metadata. */
export function ruleMetadata(call: Call): Reply {
  const rule = ruleOf(call);
  rule.metadata = { ...rule.metadata, ...metadataOf(bodyOf(call, 'metadata')) };
  return { status: 200, body: { metadata: rule.metadata } };
}

export function deleteRuleMetadata(call: Call): Reply {
  const rule = ruleOf(call);
  const { [call.params.key ?? '']: removed, ...left } = rule.metadata;
  if (removed === undefined) throw new Refusal(404, 'Share access rule metadata does not exist.');
  rule.metadata = left;
  return { status: 200 };
}

const shown = (rule: AccessRule, alone: boolean): JsonObject => ({
  id: rule.id,
  ...(alone ? { share_id: rule.shareId } : {}),
  access_level: rule.level,
  access_to: rule.to,
  access_type: rule.type,
  state: rule.state,
  access_key: null,
  created_at: manilaTime(rule.createdAt),
  updated_at: rule.updatedAt === null ? null : manilaTime(rule.updatedAt),
  metadata: rule.metadata,
});
