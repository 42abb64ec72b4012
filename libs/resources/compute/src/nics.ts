import { isJsonObject, type Json } from '@osm/kernel';
import type { Interface } from './instance-source.ts';

/** A network card as Nova lists it, in no order: that of Neutron's ports. */
export interface Card extends Interface {
  readonly mac: string;
}

/**
 * Cards in the guest's order. Only a server's `addresses` have it, by network and within each; cards without an address are
 * not among them and come last.
 */
export const inGuestOrder = (addresses: Json | undefined, cards: readonly Card[]): readonly Interface[] => {
  const macs = isJsonObject(addresses) ? Object.values(addresses).flatMap((list) => macsOf(list)) : [];
  const place = ({ mac }: Card): number => (macs.includes(mac) ? macs.indexOf(mac) : macs.length);
  return cards.toSorted((a, b) => place(a) - place(b)).map(({ port_id, tag }) => ({ port_id, tag }));
};

const macsOf = (list: Json): readonly string[] =>
  Array.isArray(list)
    ? list.flatMap((address) => (isJsonObject(address) ? [String(address['OS-EXT-IPS-MAC:mac_addr'])] : []))
    : [];

/** What is asked for in the create request: the migrated ports, in order. Without any, Nova shall make none either. */
export const networksAsked = (
  interfaces: readonly Interface[],
  to: (portId: string) => string,
): 'none' | readonly { readonly port: string; readonly tag?: string }[] =>
  interfaces.length === 0
    ? 'none'
    : interfaces.map(({ port_id, tag }) => ({ port: to(port_id), ...(tag === null ? {} : { tag }) }));
