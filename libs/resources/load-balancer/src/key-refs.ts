import { refOfHref, type Referable } from '@osm/resources/key-manager';
import type { ListenerAttributes, Graph, PoolAttributes } from './load-balancer-source.ts';

/** What a listener shows of the key manager, beside its list `sni_container_refs`: containers or secrets, by URL. */
export const listenerRefs = [
  'default_tls_container_ref',
  'client_ca_tls_container_ref',
  'client_crl_container_ref',
] as const;

/** What a pool shows of the key manager. */
export const poolRefs = ['tls_container_ref', 'ca_tls_container_ref', 'crl_container_ref'] as const;

/** The ids of all secrets, or of all containers, that the graph refers to. */
export const keyIds = (graph: Graph, type: Referable): readonly string[] =>
  hrefsOf(graph).flatMap((href) => {
    const ref = refOfHref(href);
    return ref?.type === type ? [ref.id] : [];
  });

/** Whether anything in the graph is encrypted with what the key manager keeps. */
export const usesKeys = (graph: Graph): boolean => hrefsOf(graph).length > 0;

const hrefsOf = ({ listeners, pools }: Graph): readonly string[] => [
  ...listeners.flatMap(ofListener),
  ...pools.flatMap((pool: PoolAttributes) => poolRefs.flatMap((name) => given(pool[name]))),
];

const ofListener = (listener: ListenerAttributes): readonly string[] => [
  ...listenerRefs.flatMap((name) => given(listener[name])),
  ...(listener.sni_container_refs ?? []),
];

const given = (href: string | null | undefined): readonly string[] => (href == null || href === '' ? [] : [href]);
