import { z } from 'zod';

/** What an operator may choose. Names and defaults are those of the Python tool's configuration where it has them. */
export const PolicySchema = z.object({
  /** The credential is an administrator's: owners are carried over, everything that it sees may be migrated. */
  multitenant_mode: z.boolean().default(true),
  /** The role that the migrating user borrows, for as long as a plan needs it, in projects it must act in. */
  member_role_name: z.string().default('member'),
  image_transfer_chunk_size: z.number().int().positive().default(33_554_432),
  /** Seconds that a volume may take to become an image, or an image a volume. */
  volume_upload_timeout: z.number().positive().default(1800),
  /** Seconds that any other resource may take to become ready. */
  resource_creation_timeout: z.number().positive().default(300),
  preserve_volume_type: z.boolean().default(false),
  preserve_volume_availability_zone: z.boolean().default(false),
  preserve_instance_availability_zone: z.boolean().default(false),
  preserve_load_balancer_availability_zone: z.boolean().default(false),
  preserve_network_availability_zone: z.boolean().default(false),
  preserve_router_availability_zone: z.boolean().default(false),
  preserve_share_type: z.boolean().default(true),
  preserve_share_access_rules: z.boolean().default(true),
  preserve_network_segmentation_id: z.boolean().default(false),
  preserve_port_mac_address: z.boolean().default(false),
  preserve_port_floating_ip: z.boolean().default(false),
  preserve_port_floating_ip_address: z.boolean().default(true),
  preserve_port_fixed_ips: z.boolean().default(true),
  preserve_router_ip: z.boolean().default(true),
  /** Where shares are mounted for as long as their contents are copied. */
  temporary_migration_dir: z.string().default('~/.local/share/openstack-migrate/migration_dir'),
  /** This host's address as the shares' servers see it; null: found from the route. */
  manila_local_access_ip: z.string().nullable().default(null),
  /** Consent that what is encrypted at the source arrives unencrypted. */
  accept_unencrypted: z.boolean().default(false),
  /** Keep the source's id where the API lets us choose it: images, flavors, domains. */
  preserve_ids: z.boolean().default(false),
});

export type Policy = z.infer<typeof PolicySchema>;
