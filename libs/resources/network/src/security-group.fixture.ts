import type { JsonObject } from '@osm/kernel';
import type { Fixture } from '@osm/testing/resource-contract';

const rule = (id: string, group: string, changes: JsonObject): JsonObject => ({
  id,
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  security_group_id: group,
  ethertype: 'IPv4',
  direction: 'ingress',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_address_group_id: null,
  normalized_cidr: null,
  remote_group_id: null,
  standard_attr_id: 63,
  description: null,
  tags: [],
  created_at: '2026-11-22T21:56:23Z',
  updated_at: '2026-11-22T21:56:23Z',
  revision_number: 0,
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
  ...changes,
});

const id = 'c63d8953-8e08-4c6b-9f31-026fe9f3f998';
const twinId = `twin-of-security-group-${id}`;

const minimal = {
  id: 'bfe5b2f5-dfc6-40b3-8b7e-4591580f18e1',
  name: 'lb',
  stateful: true,
  tenant_id: '45e7987ff31b43ce9af7992ac6991e56',
  description: '',
  shared: false,
  security_group_rules: [],
  tags: [],
  created_at: '2026-11-22T21:58:47Z',
  updated_at: '2026-11-22T21:59:11Z',
  revision_number: 5,
  project_id: '45e7987ff31b43ce9af7992ac6991e56',
};

const full = {
  ...minimal,
  id,
  name: 'bastion',
  stateful: false,
  description: 'ssh in',
  tags: ['prod'],
  // Its owner removed the rule that lets all IPv6 out.
  security_group_rules: [
    rule('2f3fdd25-0479-4008-b743-dc8e192471e2', id, { protocol: 'tcp', port_range_min: 22, port_range_max: 22 }),
    rule('4b287d39-5523-4086-9b8f-b5ad8e1681dc', id, { remote_group_id: id }),
    rule('722d1fa8-2ccd-4199-bdc5-0385ab972655', id, { remote_group_id: '883f14cb-e64a-4186-9f3c-95a5a486321b' }),
    rule('75b3d9d4-e4df-417e-bf66-2f044bf17bcc', id, { direction: 'egress', remote_ip_prefix: '0.0.0.0/0' }),
  ],
};

const body = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  name: 'bastion',
  description: 'ssh in',
  stateful: false,
};

/** A twin that Neutron has just made, beside some rules that an earlier run has made. */
const twin = {
  ...full,
  ...body,
  id: twinId,
  tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  security_group_rules: [
    rule('254488cb-9ffc-4ce5-aef9-b597fc3fba1a', twinId, { direction: 'egress', ethertype: 'IPv6' }),
    rule('89dd325c-f082-459e-8142-6826a098b821', twinId, { direction: 'egress' }),
    rule('1a707063-43ec-4b1e-931b-e9b0e7d43fa9', twinId, { protocol: '6', port_range_min: 22, port_range_max: 22 }),
    rule('032836c7-517f-4d73-b1a6-33f86255f2d7', twinId, { remote_group_id: twinId }),
    rule('1b6693dd-c2d7-409c-9a16-3fb87a163b36', twinId, { remote_group_id: '121eba95-ccc0-4f67-a8ab-1065ace26880' }),
  ],
};

/** A security group as Zed shows it, with the rules that its twin shall have. */
export const securityGroupFixture: Fixture = {
  minimal,
  full,
  extensions: ['standard-attr-tag', 'stateful-security-group'],
  needs: [{ name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body,
  omitted: { description: 'Neutron refuses null here; what is left out is null' },
  finish: [
    { method: 'DELETE', path: '/security-group-rules/254488cb-9ffc-4ce5-aef9-b597fc3fba1a', accept: [404] },
    { method: 'PUT', path: `/security-groups/${twinId}/tags`, body: { tags: ['prod'] } },
  ],
  twin,
  policyBodies: [{ extensions: [], body: { project_id: body.project_id, name: 'bastion', description: 'ssh in' } }],
  traps: [{ ...twin, id: '121eba95-ccc0-4f67-a8ab-1065ace26880' }],
};

const defaultId = 'f9ffb7be-6643-4cf1-9a3a-3eb55f6b317e';
const defaultTwinId = `twin-of-security-group-${defaultId}`;

const defaultGroup = {
  ...minimal,
  id: defaultId,
  name: 'default',
  description: 'Default security group',
  security_group_rules: [
    rule('2f3fdd25-0479-4008-b743-dc8e192471e3', defaultId, { remote_group_id: defaultId }),
    rule('4b287d39-5523-4086-9b8f-b5ad8e1681dd', defaultId, { direction: 'egress' }),
  ],
};

const defaultBody = {
  project_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  name: 'default',
  description: 'Default security group',
  stateful: true,
};

const defaultTwin = {
  ...defaultGroup,
  ...defaultBody,
  id: defaultTwinId,
  tenant_id: 'twin-of-project-45e7987ff31b43ce9af7992ac6991e56',
  security_group_rules: [
    rule('195691ad-f62f-4525-bceb-8e4a4b4d9076', defaultTwinId, { direction: 'egress', ethertype: 'IPv6' }),
    rule('797a350b-b4b5-4d81-8aec-01ce3a2caf0d', defaultTwinId, { direction: 'egress' }),
    rule('b2f65ebe-9641-439f-8e0c-696ee0122044', defaultTwinId, { remote_group_id: defaultTwinId }),
    rule('c1d69dee-3566-425a-aba4-fe8288adb28e', defaultTwinId, { remote_group_id: defaultTwinId, ethertype: 'IPv6' }),
  ],
};

/** The group that each project has from the start. */
export const defaultSecurityGroupFixture: Fixture = {
  minimal: { ...minimal, name: 'default' },
  full: defaultGroup,
  extensions: ['standard-attr-tag', 'stateful-security-group'],
  needs: [{ name: 'project', type: 'project', id: '45e7987ff31b43ce9af7992ac6991e56' }],
  body: defaultBody,
  omitted: { description: 'Neutron refuses null here; what is left out is null' },
  finish: [
    { method: 'DELETE', path: '/security-group-rules/195691ad-f62f-4525-bceb-8e4a4b4d9076', accept: [404] },
    { method: 'DELETE', path: '/security-group-rules/c1d69dee-3566-425a-aba4-fe8288adb28e', accept: [404] },
  ],
  twin: defaultTwin,
  traps: [
    { ...defaultTwin, name: 'default-2' },
    { ...defaultTwin, project_id: '166644068d3b4e3f93572cb4298d2c73' },
  ],
};
