import { z } from 'zod';

/** What we read of a port; `automatic_subnets` and `floating_ips` are what the listing lacks. */
export const PortSource = z.object({
  id: z.string(),
  project_id: z.string(),
  network_id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  admin_state_up: z.boolean(),
  mac_address: z.string(),
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })),
  /** Those of its subnets in which addresses follow from the MAC address. */
  automatic_subnets: z.array(z.string()),
  floating_ips: z.array(z.string()),
  allowed_address_pairs: z.array(z.object({ ip_address: z.string(), mac_address: z.string().optional() })).optional(),
  port_security_enabled: z.boolean().optional(),
  security_groups: z.array(z.string()),
  extra_dhcp_opts: z
    .array(z.object({ opt_name: z.string(), opt_value: z.string(), ip_version: z.number().optional() }))
    .optional(),
  dns_name: z.string().optional(),
  dns_domain: z.string().optional(),
  device_id: z.string(),
  device_owner: z.string(),
  propagate_uplink_status: z.boolean().optional(),
  numa_affinity_policy: z.string().nullish(),
  hardware_offload_type: z.string().nullish(),
  trusted: z.boolean().optional(),
  'binding:vnic_type': z.string().optional(),
  'binding:profile': z.record(z.string(), z.json()).optional(),
  qos_policy_id: z.string().nullish(),
  trunk_details: z.record(z.string(), z.json()).nullish(),
  tags: z.array(z.string()).optional(),
});

export type PortAttributes = z.infer<typeof PortSource>;

/** The addresses that somebody chose, or that Neutron took of a pool: all but those that follow from the MAC address. */
export const chosenAddresses = (
  s: Pick<PortAttributes, 'fixed_ips' | 'automatic_subnets'>,
): PortAttributes['fixed_ips'] => s.fixed_ips.filter(({ subnet_id }) => !s.automatic_subnets.includes(subnet_id));
