import { Failure, type JsonObject } from '@osm/kernel';
import { rootDevice, type Attachment, type Instance } from './instance-source.ts';

/** Attachments in the order in which they were attached: `/dev/vdb` before `/dev/vdaa`. */
export const inDeviceOrder = (attachments: readonly Attachment[]): readonly Attachment[] =>
  attachments.toSorted((a, b) => compareDevices(a.device, b.device));

const compareDevices = (a: string | null, b: string | null): number => {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
};

/** Whether its root disk is a copy of an image, on its host, and no volume. */
export const bootsFromImage = ({ image }: Pick<Instance, 'image'>): boolean => image !== '';

/**
 * The disks as the create request names them: the root disk first, then the volumes. An image with volumes beside it is a
 * device of its own, without which Nova refuses the boot sequence. Undefined: the image alone says it all.
 */
export const disksAsked = (
  s: Instance,
  imageId: string | undefined,
  to: (volumeId: string) => string,
): readonly JsonObject[] | undefined => {
  if (bootsFromImage(s)) {
    if (s.attachments.length === 0) return undefined;
    const root = { uuid: imageId ?? '', source_type: 'image', destination_type: 'local' };
    return [
      { ...root, boot_index: 0, delete_on_termination: true },
      ...s.attachments.map((one) => volume(one, to, -1)),
    ];
  }
  const root = rootOf(s);
  return [root, ...s.attachments.filter((one) => one !== root)].map((one) => volume(one, to, one === root ? 0 : -1));
};

const volume = (
  { volume_id, tag, delete_on_termination }: Attachment,
  to: (volumeId: string) => string,
  boot_index: number,
): JsonObject => ({
  uuid: to(volume_id),
  source_type: 'volume',
  destination_type: 'volume',
  boot_index,
  delete_on_termination,
  ...(tag === null ? {} : { tag }),
});

/** The volume that it boots from: the one at the server's own root device, or the only one. It is never guessed. */
const rootOf = (s: Instance): Attachment => {
  const found = s.attachments.find(({ device }) => device !== null && device === s[rootDevice]);
  const only = s.attachments.length === 1 && s[rootDevice] == null ? s.attachments[0] : undefined;
  const root = found ?? only;
  if (root !== undefined) return root;
  const seen = s.attachments.map(({ volume_id, device }) => `${volume_id} at ${String(device)}`).join(', ');
  throw new Failure(
    'no-root-disk',
    `cannot migrate instance ${s.id} (${s.name}): none of its volumes is at its root device ${String(s[rootDevice])}: ${seen || 'it has none'}`,
    {
      remedy:
        'Only an administrator is shown the root device: migrate it with one. Or boot it again from its root volume.',
    },
  );
};
