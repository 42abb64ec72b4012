import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Desk } from './open-desk.ts';

/** Makes something of the networking service at the source, as its administrator; answers its id. */
export const makeAtSource = async (desk: Desk, kind: string, body: JsonObject): Promise<string> => {
  const request = { method: 'POST', path: `/${kind}s`, body: { [kind]: body } } as const;
  const { body: answer } = await desk.clouds.source.admin.send('network', request);
  const made = isJsonObject(answer) ? answer[kind] : undefined;
  const id = isJsonObject(made) ? made['id'] : undefined;
  if (typeof id !== 'string') throw new Error(`no ${kind} was made: ${JSON.stringify(answer)}`);
  return id;
};

/** Makes a network with one subnet. */
export const makeNetwork = async (
  desk: Desk,
  name: string,
  cidr: string,
): Promise<{ readonly network: string; readonly subnet: string }> => {
  const network = await makeAtSource(desk, 'network', { name });
  const subnet = await makeAtSource(desk, 'subnet', { name: `${name}-a`, network_id: network, cidr, ip_version: 4 });
  return { network, subnet };
};
