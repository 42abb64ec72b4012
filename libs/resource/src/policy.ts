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
  /** How images go: `auto` takes the best that both clouds allow. */
  image_transfer: z.enum(['auto', 'direct', 'glance-direct', 'web-download']).default('auto'),
  /** How volumes cross: whole (`raw`), or only what was ever written, compressed (`qcow2`); `auto` takes the quicker one. */
  volume_disk_format: z.enum(['auto', 'raw', 'qcow2']).default('auto'),
  /** Megabytes per second of the link between the clouds, as far as it is known: what `auto` reckons with. */
  link_mbytes_per_second: z.number().positive().nullable().default(null),
  /** GiB that temporary images, snapshots and volumes may take at a time in each cloud; null: what its quota allows. */
  max_staging_gib: z.number().positive().nullable().default(null),
  /** How often a share or container is copied, at most, while its clients may write to it. */
  copy_passes: z.number().int().positive().default(3),
  /** Consent that clients of a share lose write access for the last copy. */
  withdraw_share_access: z.boolean().default(false),
  /** Whose transfers go first where places are short. */
  priority: z.enum(['high', 'normal', 'low']).default('normal'),
  /** Keep the source's id where the API lets us choose it: images, flavors, domains. */
  preserve_ids: z.boolean().default(false),
});

export type Policy = z.infer<typeof PolicySchema>;
