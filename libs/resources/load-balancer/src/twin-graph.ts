import { Failure, type JsonObject } from '@osm/kernel';
import { hrefOf, refOfHref } from '@osm/resources/key-manager';
import { listenerRefs, poolRefs } from './key-refs.ts';
import type { Graph } from './load-balancer-source.ts';

/** What a graph refers to, at the destination. */
export interface Ends {
  member_subnets(id: string): string;
  containers(id: string): string;
  secrets(id: string): string;
  /** What the destination's key manager begins its URLs with; undefined where the graph has none. */
  readonly keys: string | undefined;
}

/** Listeners and pools as the twin shall show them: subnets, certificates and keys are those of the destination. */
export const twinGraph = ({ listeners, pools }: Graph, ends: Ends): Graph => ({
  listeners: listeners.map((listener) => ({
    ...listener,
    ...withTwins(listener, listenerRefs, ends),
    ...(listener.sni_container_refs == null
      ? {}
      : { sni_container_refs: listener.sni_container_refs.map((href) => twinHref(href, ends)) }),
  })),
  pools: pools.map((pool) => ({
    ...pool,
    ...withTwins(pool, poolRefs, ends),
    members: pool.members.map((member) =>
      member.subnet_id == null ? member : { ...member, subnet_id: ends.member_subnets(member.subnet_id) },
    ),
  })),
});

const withTwins = (part: object, names: readonly string[], ends: Ends): JsonObject => {
  const hrefs: [string, unknown][] = Object.entries(part).filter(([name]) => names.includes(name));
  return Object.fromEntries(
    hrefs.flatMap(([name, href]) =>
      typeof href === 'string' && href !== '' ? [[name, twinHref(href, ends)] as const] : [],
    ),
  );
};

const twinHref = (href: string, { keys, containers, secrets }: Ends): string => {
  const ref = refOfHref(href);
  if (ref === undefined) throw unknownKey(href);
  const id = ref.type === 'secret' ? secrets(ref.id) : containers(ref.id);
  return hrefOf(keys ?? '', ref.type === 'secret' ? 'secret' : 'secret-container', id);
};

const unknownKey = (href: string): Failure =>
  new Failure('unknown-key', `cannot map ${href}: it names neither a secret nor a container of a key manager`, {
    remedy: 'Give the listener or pool a certificate of the key manager, then scan and plan again.',
  });
