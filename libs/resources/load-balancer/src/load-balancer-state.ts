import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/**
 * Whether Octavia has finished a load balancer. A part in ERROR hides behind a load balancer that is ACTIVE, so each part
 * is looked at. One that is pending is not waited for: the load balancer itself turns ACTIVE last, and of one that was made
 * by a single request Octavia's own driver may leave the parts in PENDING_CREATE for ever (seen between Zed and Epoxy).
 */
export const stateOf = (loadBalancer: JsonObject): 'ready' | 'pending' | { readonly failed: string } => {
  const own = String(loadBalancer['provisioning_status']);
  if (own.startsWith('PENDING')) return 'pending';
  const parts = partsOf(loadBalancer);
  const bad = parts.filter(({ status }) => status === 'ERROR');
  if (bad.length > 0) return { failed: bad.map(({ words }) => `${words} is in ERROR`).join(', ') };
  return own === 'ACTIVE' ? 'ready' : { failed: `it is in ${own}` };
};

interface Part {
  /** What it is, for people. */
  readonly words: string;
  readonly status: string;
}

const partsOf = ({ listeners, pools }: JsonObject): readonly Part[] => [
  ...objects(listeners).flatMap((listener) => [
    part(`listener ${at(listener, 'protocol', 'protocol_port')}`, listener),
    ...objects(listener['l7policies']).flatMap((policy) => [
      part(`policy ${String(policy['position'])} of listener ${at(listener, 'protocol', 'protocol_port')}`, policy),
      ...objects(policy['rules']).map((rule) => part(`rule ${at(rule, 'type', 'value')}`, rule)),
    ]),
  ]),
  ...objects(pools).flatMap((pool) => [
    part(`pool ${String(pool['name'])}`, pool),
    ...objects(pool['members']).map((member) => part(`member ${at(member, 'address', 'protocol_port')}`, member)),
    ...(isJsonObject(pool['healthmonitor'])
      ? [part(`monitor of pool ${String(pool['name'])}`, pool['healthmonitor'])]
      : []),
  ]),
];

const part = (words: string, shown: JsonObject): Part => ({
  words: `${words} (${String(shown['id'])})`,
  status: String(shown['provisioning_status']),
});

const at = (shown: JsonObject, ...names: readonly string[]): string =>
  names.map((name) => String(shown[name])).join(':');

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
