import { z } from 'zod';

const text = z.string();
const maybe = z.string().nullish();
const texts = z.array(z.string());
/** A part of the graph. Attributes that newer releases show beside these are kept, and compared. */
const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject({ id: text, ...shape });

const Rule = part({ type: text, compare_type: text });

const Policy = part({
  name: text,
  action: text,
  position: z.number(),
  redirect_pool_id: maybe,
  rules: z.array(Rule),
});

const Listener = part({
  name: text,
  protocol: text,
  protocol_port: z.number(),
  default_pool_id: maybe,
  default_tls_container_ref: maybe,
  sni_container_refs: texts.nullish(),
  client_ca_tls_container_ref: maybe,
  client_crl_container_ref: maybe,
  hsts_max_age: z.number().nullish(),
  l7policies: z.array(Policy),
});

const Member = part({ address: text, protocol_port: z.number(), subnet_id: maybe, vnic_type: maybe });

const HealthMonitor = part({ type: text });

/** What uses a pool, in words that mean the same on both clouds: a listener's port, and a place in its policies. */
const Use = z.object({ protocol: text, protocol_port: z.number(), position: z.number().optional() });

const Pool = part({
  name: text,
  protocol: text,
  lb_algorithm: text,
  tls_container_ref: maybe,
  ca_tls_container_ref: maybe,
  crl_container_ref: maybe,
  members: z.array(Member),
  healthmonitor: HealthMonitor.nullable(),
  used_by: z.array(Use),
});

/** What we read of a load balancer: the whole graph, of which the list shows nothing but ids. */
export const LoadBalancerSource = z.object({
  id: text,
  project_id: text,
  name: text,
  description: text,
  admin_state_up: z.boolean(),
  provider: text,
  tags: texts.optional(),
  vip_address: text,
  vip_subnet_id: maybe,
  vip_network_id: maybe,
  vip_sg_ids: texts.nullish(),
  additional_vips: z.array(z.object({ subnet_id: text, ip_address: maybe })).optional(),
  availability_zone: maybe,
  listeners: z.array(Listener),
  pools: z.array(Pool),
});

export type LoadBalancerAttributes = z.infer<typeof LoadBalancerSource>;

/** What hangs on a load balancer. */
export interface Graph {
  readonly listeners: readonly ListenerAttributes[];
  readonly pools: readonly PoolAttributes[];
}

export type ListenerAttributes = z.infer<typeof Listener>;
export type PoolAttributes = z.infer<typeof Pool>;
export type PolicyAttributes = z.infer<typeof Policy>;
export type MemberAttributes = z.infer<typeof Member>;
