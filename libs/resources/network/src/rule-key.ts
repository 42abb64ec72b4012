import { canonicalJson, type JsonObject } from '@osm/kernel';

/** Protocols that Neutron knows by name and by number, as neutron_lib/constants.py has them; the numbers are IANA's. */
const numbers: { readonly [name: string]: string } = {
  ip: '0',
  hopopt: '0',
  icmp: '1',
  igmp: '2',
  ipip: '4',
  tcp: '6',
  egp: '8',
  udp: '17',
  dccp: '33',
  'ipv6-encap': '41',
  'ipv6-route': '43',
  'ipv6-frag': '44',
  rsvp: '46',
  gre: '47',
  esp: '50',
  ah: '51',
  icmpv6: '58',
  'ipv6-icmp': '58',
  'ipv6-nonxt': '59',
  'ipv6-opts': '60',
  ospf: '89',
  vrrp: '112',
  pgm: '113',
  sctp: '132',
  udplite: '136',
};

/** A protocol as its number, in text; null for any. */
const protocolNumber = (protocol: unknown): string | null => {
  if (protocol === null || protocol === undefined || protocol === 'any') return null;
  const name = String(protocol).toLowerCase();
  return numbers[name] ?? name;
};

/** Neutron takes "every address" and "no prefix" for the same rule, and refuses the second of them. */
const prefixOrNull = (prefix: unknown): string | null =>
  prefix === null || prefix === undefined || prefix === '0.0.0.0/0' || prefix === '::/0' ? null : String(prefix);

/** Whether two protocols are one to Neutron: `tcp` and `6`, `any` and null. */
export const sameProtocol = (a: unknown, b: unknown): boolean => protocolNumber(a) === protocolNumber(b);

/** Whether two prefixes are one to Neutron. */
export const samePrefix = (a: unknown, b: unknown): boolean => prefixOrNull(a) === prefixOrNull(b);

/**
 * What a rule of a group lets through, comparable between clouds. Another group is only told from none and from the
 * group itself: its ids differ from cloud to cloud.
 */
export const ruleKey = (rule: JsonObject, groupId: string): string => {
  const remote = rule['remote_group_id'] ?? null;
  return canonicalJson([
    rule['direction'],
    rule['ethertype'],
    protocolNumber(rule['protocol']),
    rule['port_range_min'] ?? null,
    rule['port_range_max'] ?? null,
    prefixOrNull(rule['remote_ip_prefix']),
    remote === null ? 'none' : remote === groupId ? 'itself' : 'another',
    (rule['remote_address_group_id'] ?? null) === null ? 'none' : 'some',
  ]);
};
