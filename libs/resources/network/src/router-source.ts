import { z } from 'zod';

const FixedIp = z.object({ subnet_id: z.string(), ip_address: z.string() });

/** What we read of a router; `interfaces` is what the listing lacks. */
export const RouterSource = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  admin_state_up: z.boolean(),
  ha: z.boolean().nullish(),
  distributed: z.boolean().nullish(),
  availability_zone_hints: z.array(z.string()).optional(),
  external_gateway_info: z
    .object({
      network_id: z.string(),
      enable_snat: z.boolean().optional(),
      external_fixed_ips: z.array(FixedIp).optional(),
      qos_policy_id: z.string().nullish(),
    })
    .nullish(),
  external_gateways: z.array(z.unknown()).nullish(),
  routes: z.array(z.object({ destination: z.string(), nexthop: z.string() })).optional(),
  interfaces: z.array(FixedIp.extend({ port_id: z.string() })),
  tags: z.array(z.string()).optional(),
});

export type RouterAttributes = z.infer<typeof RouterSource>;

/** The router's own addresses outside. */
export const gatewayAddresses = (s: RouterAttributes): readonly z.infer<typeof FixedIp>[] =>
  s.external_gateway_info?.external_fixed_ips ?? [];
