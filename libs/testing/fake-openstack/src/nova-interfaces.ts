import type { Call, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Port } from './neutron-rows.ts';
import { portsOf } from './nova-server-networks.ts';
import { serverOf } from './nova-server-rows.ts';

/**
 * GET /servers/:id/os-interface. The ports come as Neutron lists them, by their ids: their order says nothing about the
 * order of the cards, which only `addresses` of the server shows.
 */
export function listInterfaces(call: Call): Reply {
  const ports = portsOf(call.cloud, serverOf(call)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { status: 200, body: { interfaceAttachments: ports.map((port) => view(call, port)) } };
}

/** GET /servers/:id/os-interface/:port. */
export function showInterface(call: Call): Reply {
  const server = serverOf(call);
  const port = portsOf(call.cloud, server).find(({ id }) => id === call.params.port);
  if (port === undefined) {
    throw new Refusal(404, `Instance ${server.id} does not have a port with id ${call.params.port ?? ''}`);
  }
  return { status: 200, body: { interfaceAttachment: view(call, port) } };
}

function view(call: Call, port: Port): JsonObject {
  const body: JsonObject = {
    net_id: port.network_id,
    port_id: port.id,
    mac_addr: port.mac_address,
    port_state: port.status,
    fixed_ips: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
  };
  if (!call.atLeast('2.70')) return body;
  const nic = serverOf(call).nics.find(({ portId }) => portId === port.id);
  return { ...body, tag: nic?.tag ?? null };
}
