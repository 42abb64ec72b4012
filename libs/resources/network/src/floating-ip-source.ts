import { z } from 'zod';

/** What we read of a floating IP. */
export const FloatingIpSource = z.object({
  id: z.string(),
  project_id: z.string(),
  description: z.string().nullish(),
  floating_ip_address: z.string(),
  floating_network_id: z.string(),
  port_id: z.string().nullable(),
  fixed_ip_address: z.string().nullable(),
  router_id: z.string().nullable(),
  port_details: z.object({ name: z.string(), device_id: z.string(), device_owner: z.string() }).partial().nullish(),
  port_forwardings: z.array(z.unknown()).optional(),
  dns_name: z.string().optional(),
  dns_domain: z.string().optional(),
  tags: z.array(z.string()).optional(),
});

export type FloatingIpAttributes = z.infer<typeof FloatingIpSource>;

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const byDevice = new RegExp(`^lb-(${uuid})$`);
const byName = new RegExp(`^(?:octavia-lb|ovn-lb-vip)-(${uuid})$`);

/** The load balancer whose address it leads to: its port is Octavia's own, and has no twin of its own. */
export const balancerOf = ({ port_details }: FloatingIpAttributes): string | undefined =>
  byDevice.exec(port_details?.device_id ?? '')?.[1] ?? byName.exec(port_details?.name ?? '')?.[1];
