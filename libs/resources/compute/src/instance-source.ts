import { z } from 'zod';

/** A network card, in the order in which the guest sees them. */
const Interface = z.object({ port_id: z.string(), tag: z.string().nullable() });

/** A volume as it is attached, in the order of the device names. */
const Attachment = z.object({
  volume_id: z.string(),
  device: z.string().nullable(),
  tag: z.string().nullable(),
  delete_on_termination: z.boolean(),
});

export const hostname = 'OS-EXT-SRV-ATTR:hostname';
/** Base64. */
export const userData = 'OS-EXT-SRV-ATTR:user_data';
export const rootDevice = 'OS-EXT-SRV-ATTR:root_device_name';
export const taskState = 'OS-EXT-STS:task_state';
export const zone = 'OS-EXT-AZ:availability_zone';

/**
 * What we read of a server. `flavor_id`, `interfaces`, `attachments`, `shared_volumes`, `server_groups` and `has_key` are
 * what `withSurroundings` adds.
 */
export const InstanceSource = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  tenant_id: z.string(),
  user_id: z.string(),
  description: z.string().nullish(),
  metadata: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  /** Empty text: it boots from a volume. */
  image: z.union([z.literal(''), z.looseObject({ id: z.string() })]),
  flavor: z.looseObject({ original_name: z.string(), ephemeral: z.number(), swap: z.number() }),
  config_drive: z.string(),
  key_name: z.string().nullable(),
  accessIPv4: z.string(),
  accessIPv6: z.string(),
  locked: z.boolean(),
  locked_reason: z.string().nullish(),
  'OS-DCF:diskConfig': z.string(),
  [zone]: z.string().nullish(),
  [taskState]: z.string().nullish(),
  /** Of one in ERROR. */
  fault: z.unknown().optional(),
  trusted_image_certificates: z.array(z.string()).nullish(),
  // From here on an administrator sees more than a tenant, whose own host name is shown to it from 2.90 on.
  [hostname]: z.string().nullish(),
  [userData]: z.string().nullish(),
  [rootDevice]: z.string().nullish(),
  /** The flavor that it has, null where there is none (any more) that is what the server shows. */
  flavor_id: z.string().nullable(),
  interfaces: z.array(Interface),
  attachments: z.array(Attachment),
  /** Those of its volumes that other servers may use at the same time. */
  shared_volumes: z.array(z.string()),
  server_groups: z.array(z.string()),
  /** Whether its owner still has the keypair. */
  has_key: z.boolean(),
});

export type Instance = z.infer<typeof InstanceSource>;
export type Attachment = z.infer<typeof Attachment>;
export type Interface = z.infer<typeof Interface>;
