import type { Fixture } from '@osm/testing/resource-contract';

const minimal = {
  id: '4b287d39-5523-4086-9b8f-b5ad8e1681dc',
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  security_group_id: 'f9ffb7be-6643-4cf1-9a3a-3eb55f6b317e',
  ethertype: 'IPv4',
  direction: 'egress',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_address_group_id: null,
  normalized_cidr: null,
  remote_group_id: null,
  description: null,
  created_at: '2026-11-22T21:56:23Z',
  updated_at: '2026-11-22T21:56:23Z',
  revision_number: 0,
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
};

const full = {
  ...minimal,
  id: '2f3fdd25-0479-4008-b743-dc8e192471e2',
  security_group_id: '883f14cb-e64a-4186-9f3c-95a5a486321b',
  direction: 'ingress',
  protocol: 'icmp',
  port_range_min: 8,
  port_range_max: 0,
  remote_group_id: 'c63d8953-8e08-4c6b-9f31-026fe9f3f998',
  description: 'ping from the bastion',
  standard_attr_id: 63,
  tags: [],
  belongs_to_default_sg: false,
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  security_group_id: 'twin-of-security-group-883f14cb-e64a-4186-9f3c-95a5a486321b',
  remote_group_id: 'twin-of-security-group-c63d8953-8e08-4c6b-9f31-026fe9f3f998',
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: 'icmp',
  port_range_min: 8,
  port_range_max: 0,
  remote_ip_prefix: null,
  description: 'ping from the bastion',
};

const twin = {
  ...full,
  ...body,
  id: 'twin-of-security-group-rule-2f3fdd25-0479-4008-b743-dc8e192471e2',
  tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  // Epoxy shows the number where the rule was made by number.
  protocol: '1',
  standard_attr_id: 72,
};

/** A rule as Zed and Epoxy show it. */
export const securityGroupRuleFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'group', type: 'security-group', id: '883f14cb-e64a-4186-9f3c-95a5a486321b' },
    { name: 'remote_group', type: 'security-group', id: 'c63d8953-8e08-4c6b-9f31-026fe9f3f998' },
  ],
  body,
  omitted: { description: 'Neutron refuses null here; what is left out is null' },
  twin,
  traps: [
    { ...twin, name: 'any code', port_range_max: null },
    { ...twin, name: 'from everywhere', remote_group_id: null },
    {
      ...twin,
      name: 'from a group of addresses',
      remote_group_id: null,
      remote_address_group_id: '94f64da4-7f95-4687-af36-8f5b2ba31cd5',
    },
    { ...twin, name: 'from itself', remote_group_id: body.security_group_id },
    { ...twin, name: 'another protocol', protocol: 'tcp' },
    { ...twin, name: 'any protocol', protocol: null },
    { ...twin, name: 'of a range', remote_ip_prefix: '192.0.2.0/24' },
    { ...twin, name: 'of another group', security_group_id: '121eba95-ccc0-4f67-a8ab-1065ace26880' },
    { ...twin, name: 'outwards', direction: 'egress' },
    { ...twin, name: 'of IPv6', ethertype: 'IPv6' },
  ],
  candidates: [
    { candidate: { ...twin, name: 'by number', protocol: '1' }, says: null },
    { candidate: { ...twin, name: 'of every address', remote_ip_prefix: '0.0.0.0/0' }, says: null },
  ],
};

const named = {
  ...full,
  id: '8f0ca2c3-55d4-4eb1-9e4e-0c1d3e3b5a11',
  protocol: 'tcp',
  port_range_min: 443,
  port_range_max: 443,
  remote_group_id: null,
  remote_address_group_id: 'ffabbb85-663a-4cc8-89ab-77c7f86a5d4b',
};

const namedBody = {
  ...body,
  protocol: 'tcp',
  port_range_min: 443,
  port_range_max: 443,
  remote_group_id: null,
  remote_address_group_id: 'twin-of-address-group-ffabbb85-663a-4cc8-89ab-77c7f86a5d4b',
};

const namedTwin = { ...named, ...namedBody, id: 'twin-of-security-group-rule-8f0ca2c3-55d4-4eb1-9e4e-0c1d3e3b5a11' };

/** One that names an address group. */
export const addressGroupRuleFixture: Fixture = {
  ...securityGroupRuleFixture,
  full: named,
  extensions: ['security-groups-remote-address-group'],
  needs: [
    { name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' },
    { name: 'group', type: 'security-group', id: '883f14cb-e64a-4186-9f3c-95a5a486321b' },
    { name: 'address_group', type: 'address-group', id: 'ffabbb85-663a-4cc8-89ab-77c7f86a5d4b' },
  ],
  body: namedBody,
  twin: namedTwin,
  traps: [
    { ...namedTwin, name: 'from everywhere', remote_address_group_id: null },
    { ...namedTwin, name: 'from others', remote_address_group_id: '94f64da4-7f95-4687-af36-8f5b2ba31cd5' },
  ],
  candidates: [],
};
