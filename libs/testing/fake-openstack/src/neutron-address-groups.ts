import type { Call, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { formatBlock, parseBlock } from './neutron-addresses.ts';
import { addressGroupAttributes } from './neutron-attributes.ts';
import { badAttribute, conflict, pythonic } from './neutron-refusals.ts';
import type { Kind } from './neutron-resource.ts';
import { owned } from './neutron-resource.ts';
import type { AddressGroup } from './neutron-rows.ts';
import { addressGroups, isSharedBy, newRow, securityGroupRules, standardView, touch } from './neutron-rows.ts';

/** Address groups: sets of blocks that rules may name. */
export const addressGroupKind: Kind<AddressGroup> = {
  singular: 'address_group',
  collection: 'address_groups',
  path: 'address-groups',
  attributes: addressGroupAttributes,
  rows: addressGroups,
  missing: (id) => new Refusal(404, `Address group ${id} could not be found.`, 'AddressGroupNotFound'),
  view: (call, row) => view(call, row),
  isShared: (call, row) => isSharedBy(call, row.id, 'access_as_shared'),
  create,
  update: (_call, row, asked) => {
    Object.assign(row, asked);
  },
  remove,
};

/** Adding and removing of addresses. */
export const addressGroupActions: readonly Route[] = [
  { method: 'PUT', path: '/v2.0/address-groups/:id/add_addresses', handle: addAddresses },
  { method: 'PUT', path: '/v2.0/address-groups/:id/remove_addresses', handle: removeAddresses },
];

function view(call: Call, row: AddressGroup): JsonObject {
  const { tags: _tags, ...rest } = standardView(row);
  const shownRow: JsonObject = { ...rest, addresses: [...row.addresses] };
  if (call.method !== 'POST') return { ...shownRow, shared: isSharedBy(call, row.id, 'access_as_shared') };
  // The answer that makes a group shows less of it.
  const { created_at: _created, updated_at: _updated, revision_number: _revision, ...less } = shownRow;
  return call.cloud.options.release === 'zed' ? less : shownRow;
}

function create(call: Call, asked: JsonObject): AddressGroup {
  const row: AddressGroup = {
    ...newRow(call.cloud, String(asked.project_id)),
    name: String(asked.name),
    description: asked.description ?? '',
    addresses: addressesOf(call, asked.addresses),
    revision_number: 2,
  };
  addressGroups(call.cloud).set(row.id, row);
  return row;
}

/** Only blocks are taken: a single address is written with its prefix. */
function addressesOf(call: Call, asked: Json | undefined): string[] {
  const given = Array.isArray(asked) ? asked.map(String) : [];
  return given.map((each) => {
    const block = parseBlock(each);
    if (block !== undefined && each.includes('/')) return formatBlock(block);
    const reason =
      block === undefined || call.cloud.options.release === 'epoxy'
        ? `'${each}' is not a valid IP subnet.`
        : `'${each}' isn't a recognized IP subnet cidr, '${formatBlock(block)}' is recommended.`;
    throw badAttribute('addresses', reason);
  });
}

function remove(call: Call, row: AddressGroup): void {
  const used = [...securityGroupRules(call.cloud).values()].some((rule) => rule.remote_address_group_id === row.id);
  if (used) {
    throw conflict('AddressGroupInUse', `Address group ${row.id} is in use on one or more security group rules.`);
  }
  addressGroups(call.cloud).delete(row.id);
}

function changed(call: Call): { row: AddressGroup; asked: string[] } {
  const row = owned(call, addressGroupKind, 'update', call.params.id ?? '');
  return { row, asked: addressesOf(call, isObject(call.body) ? call.body.addresses : undefined) };
}

function reply(call: Call, row: AddressGroup): Reply {
  touch(call.cloud, row);
  return { status: 200, body: { address_group: view(call, row) } };
}

function addAddresses(call: Call): Reply {
  const { row, asked } = changed(call);
  const there = asked.filter((each) => row.addresses.includes(each));
  if (there.length > 0) {
    const message = `Addresses ${pythonic(there)} already exist in the address group ${row.id}.`;
    throw new Refusal(400, message, 'AddressesAlreadyExist');
  }
  row.addresses = [...row.addresses, ...asked];
  return reply(call, row);
}

function removeAddresses(call: Call): Reply {
  const { row, asked } = changed(call);
  const missing = asked.filter((each) => !row.addresses.includes(each));
  if (missing.length > 0) {
    throw new Refusal(
      404,
      `Addresses ${pythonic(missing)} not found in the address group ${row.id}.`,
      'AddressesNotFound',
    );
  }
  row.addresses = row.addresses.filter((each) => !asked.includes(each));
  return reply(call, row);
}
