import { repr } from './cinder-nova-validation.ts';
import type { Json, JsonObject } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** Formats that Glance knows by default (glance/common/config.py). */
const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];
const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];
const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

interface Property {
  readonly type: string | readonly string[];
  readonly description?: string;
  readonly readOnly?: true;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly (string | null)[];
  readonly items?: { readonly type: string; readonly maxLength: number };
  readonly is_base?: false;
}

/** Properties of Glance's image schema, in its order. */
const PROPERTIES: Readonly<Record<string, Property>> = {
  id: { type: 'string', description: 'An identifier for the image', pattern: UUID_PATTERN },
  name: { type: ['null', 'string'], description: 'Descriptive name for the image', maxLength: 255 },
  status: {
    type: 'string',
    readOnly: true,
    description: 'Status of the image',
    enum: [
      'queued',
      'saving',
      'active',
      'killed',
      'deleted',
      'uploading',
      'importing',
      'pending_delete',
      'deactivated',
    ],
  },
  visibility: {
    type: 'string',
    description: 'Scope of image accessibility',
    enum: ['community', 'public', 'private', 'shared'],
  },
  protected: { type: 'boolean', description: 'If true, image will not be deletable.' },
  os_hidden: { type: 'boolean', description: 'If true, image will not appear in default image list response.' },
  checksum: { type: ['null', 'string'], readOnly: true, description: 'md5 hash of image contents.', maxLength: 32 },
  os_hash_algo: {
    type: ['null', 'string'],
    readOnly: true,
    description: 'Algorithm to calculate the os_hash_value',
    maxLength: 64,
  },
  os_hash_value: {
    type: ['null', 'string'],
    readOnly: true,
    description: 'Hexdigest of the image contents using the algorithm specified by the os_hash_algo',
    maxLength: 128,
  },
  owner: { type: ['null', 'string'], description: 'Owner of the image', maxLength: 255 },
  size: { type: ['null', 'integer'], readOnly: true, description: 'Size of image file in bytes' },
  virtual_size: { type: ['null', 'integer'], readOnly: true, description: 'Virtual size of image in bytes' },
  container_format: {
    type: ['null', 'string'],
    description: 'Format of the container',
    enum: [null, ...CONTAINER_FORMATS],
  },
  disk_format: { type: ['null', 'string'], description: 'Format of the disk', enum: [null, ...DISK_FORMATS] },
  created_at: { type: 'string', readOnly: true, description: 'Date and time of image registration' },
  updated_at: { type: 'string', readOnly: true, description: 'Date and time of the last image modification' },
  tags: {
    type: 'array',
    description: 'List of strings related to the image',
    items: { type: 'string', maxLength: 255 },
  },
  direct_url: { type: 'string', readOnly: true, description: 'URL to access the image file kept in external store' },
  min_ram: { type: 'integer', description: 'Amount of ram (in MB) required to boot image.' },
  min_disk: { type: 'integer', description: 'Amount of disk space (in GB) required to boot image.' },
  self: { type: 'string', readOnly: true, description: 'An image self url' },
  file: { type: 'string', readOnly: true, description: 'An image file url' },
  stores: {
    type: 'string',
    readOnly: true,
    description:
      'Store in which image data resides.  Only present when the operator has enabled multiple stores.  May be a comma-separated list of store identifiers.',
  },
  schema: { type: 'string', readOnly: true, description: 'An image schema url' },
  locations: {
    type: 'array',
    description: 'A set of URLs to access the image file kept in external store',
  },
  kernel_id: {
    type: ['null', 'string'],
    pattern: UUID_PATTERN,
    description: 'ID of image stored in Glance that should be used as the kernel when booting an AMI-style image.',
    is_base: false,
  },
  ramdisk_id: {
    type: ['null', 'string'],
    pattern: UUID_PATTERN,
    description: 'ID of image stored in Glance that should be used as the ramdisk when booting an AMI-style image.',
    is_base: false,
  },
};

/** The document at `/v2/schemas/image`. */
export function imageSchema(): JsonObject {
  return {
    name: 'image',
    properties: PROPERTIES as unknown as JsonObject,
    additionalProperties: { type: 'string' },
    links: [
      { rel: 'self', href: '{self}' },
      { rel: 'enclosure', href: '{file}' },
      { rel: 'describedby', href: '{schema}' },
    ],
  };
}

/** Refuses 400 what breaks the image schema: a value that is not text under a custom property first of all. */
export function checkImage(body: Json | undefined): JsonObject {
  if (!isObject(body)) throw broken(`${repr(body)} is not of type 'object'`);
  for (const [key, property] of Object.entries(PROPERTIES)) {
    const value = body[key];
    const flaw = value === undefined ? undefined : flawOf(property, value);
    if (flaw !== undefined) throw broken(flaw);
  }
  for (const [key, value] of Object.entries(body)) {
    if (key in PROPERTIES || typeof value === 'string') continue;
    throw broken(
      `${repr(value)} is not of type 'string'\n\nFailed validating 'type' in schema['additionalProperties']:\n` +
        `    {'type': 'string'}\n\nOn instance[${repr(key)}]:\n    ${repr(value)}`,
    );
  }
  return body;
}

function broken(reason: string): Refusal {
  return new Refusal(400, `Provided object does not match schema 'image': ${reason}`);
}

function flawOf(property: Property, value: Json): string | undefined {
  const types = [property.type].flat();
  if (!types.some((type) => isOfType(type, value))) {
    return `${repr(value)} is not of type ${types.map((type) => repr(type)).join(', ')}`;
  }
  if (property.enum !== undefined && !property.enum.some((one) => one === value)) {
    return `${repr(value)} is not one of ${repr([...property.enum])}`;
  }
  if (typeof value === 'string') return flawOfText(property, value);
  if (!Array.isArray(value) || property.items === undefined) return undefined;
  const { items } = property;
  return value.map((item) => flawOf(items, item)).find((flaw) => flaw !== undefined);
}

function flawOfText(property: Property, value: string): string | undefined {
  if (property.maxLength !== undefined && [...value].length > property.maxLength) return `${repr(value)} is too long`;
  if (property.pattern !== undefined && !new RegExp(property.pattern).test(value)) {
    return `${repr(value)} does not match ${repr(property.pattern)}`;
  }
  return undefined;
}

function isOfType(type: string, value: Json): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
