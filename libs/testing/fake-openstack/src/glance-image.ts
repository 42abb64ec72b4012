import type { Call, Cloud, Context, JsonObject } from './frame.ts';
import { isoSeconds, Refusal, table } from './frame.ts';
import type { Payload } from './glance-payload.ts';

/** Who may see an image. */
export type Visibility = 'public' | 'private' | 'shared' | 'community';

/** A project that a shared image is offered to. */
export interface Member {
  readonly memberId: string;
  status: 'pending' | 'accepted' | 'rejected';
  readonly createdAt: number;
  updatedAt: number;
}

/** An image. `attributes` are those that a client may set; the rest is Glance's. */
export interface Image {
  readonly id: string;
  readonly attributes: Attributes;
  /** Custom properties, always text. */
  readonly properties: Record<string, string>;
  tags: string[];
  status: 'queued' | 'saving' | 'uploading' | 'importing' | 'active' | 'deactivated';
  size: number | null;
  virtualSize: number | null;
  checksum: string | null;
  hash: string | null;
  /** Name of the store that holds the bytes. */
  store: string | undefined;
  payload: Payload | undefined;
  /** Bytes in the staging area, waiting for their import. */
  staged: Payload | undefined;
  readonly createdAt: number;
  updatedAt: number;
  readonly members: Map<string, Member>;
}

/** What a client may set of an image, custom properties and tags aside. */
export interface Attributes {
  name: string | null;
  visibility: Visibility;
  protected: boolean;
  os_hidden: boolean;
  owner: string | null;
  disk_format: string | null;
  container_format: string | null;
  min_disk: number;
  min_ram: number;
}

/** All images, the newest last. */
export const images = table<Image>('image.images');

/** Ids of deleted images: Glance never gives an id a second time. */
export const deletedImageIds = table<true>('image.deleted-ids');

/** Makes an image as those of before Rocky are, and those made of a location: without a hash of Glance's own. */
export function forgetHash(cloud: Cloud, id: string): void {
  const image = images(cloud).get(id);
  if (image === undefined) throw new TypeError(`there is no image ${id}`);
  Object.assign(image, { hash: null, checksum: null });
}

/** The image, or 404 in Glance's words where the caller may not see it. */
export function imageOf(call: Call, message?: string): Image {
  const id = call.params.id ?? '';
  const image = images(call.cloud).get(id);
  if (image === undefined || !isVisible(image, call.context))
    throw new Refusal(404, message ?? `No image found with ID ${id}`);
  return image;
}

/** True where the caller may see the image by its id (glance/db/utils.py is_image_visible). */
export function isVisible(image: Image, context: Context): boolean {
  const { owner, visibility } = image.attributes;
  if (context.isAdmin || owner === null || visibility === 'public' || visibility === 'community') return true;
  if (context.projectId === undefined) return false;
  return owner === context.projectId || (visibility === 'shared' && image.members.has(context.projectId));
}

/** True where the caller may change the image. */
export function isMutable(image: Image, context: Context): boolean {
  return context.isAdmin || (image.attributes.owner !== null && image.attributes.owner === context.projectId);
}

/** Refuses a change by anyone but the owner and admins. Epoxy names the policy, Zed its older ownership check. */
export function refuseForeign(call: Call, image: Image, policy: string): void {
  const { context } = call;
  if (call.cloud.options.release === 'epoxy') {
    const member = context.roles.some((role) => role === 'member' || role === 'admin');
    if (isMutable(image, context) && member) return;
    throw new Refusal(403, `You are not authorized to complete ${policy} action.`);
  }
  if (!isMutable(image, context)) throw new Refusal(403, 'You do not own this image');
}

/** Names of the image stores, the default first. */
export function storesOf(cloud: Cloud): readonly string[] {
  return cloud.options.imageStores ?? ['file'];
}

/** An image as Glance shows it: custom properties flat among its own attributes. */
export function imageView(image: Image): JsonObject {
  const view: JsonObject = {
    ...image.properties,
    name: image.attributes.name,
    disk_format: image.attributes.disk_format,
    container_format: image.attributes.container_format,
    visibility: image.attributes.visibility,
    size: image.size,
    virtual_size: image.virtualSize,
    status: image.status,
    checksum: image.checksum,
    protected: image.attributes.protected,
    min_ram: image.attributes.min_ram,
    min_disk: image.attributes.min_disk,
    owner: image.attributes.owner,
    os_hidden: image.attributes.os_hidden,
    os_hash_algo: image.hash === null ? null : 'sha512',
    os_hash_value: image.hash,
    id: image.id,
    created_at: isoSeconds(image.createdAt),
    updated_at: isoSeconds(image.updatedAt),
    tags: [...image.tags],
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
  return image.store === undefined ? view : { ...view, stores: image.store };
}
