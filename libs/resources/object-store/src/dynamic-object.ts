import { headOf, mustHaveContainer, type Copier } from './copy-object.ts';
import { bareEtag } from './listing.ts';

/** Copies the objects of another container whose names begin so. */
export type CopyPrefix = (container: string, prefix: string) => Promise<void>;

/**
 * A dynamic large object is what the objects of a prefix are at the moment: in its own container, which is copied anyhow, or
 * in another one, whose objects then come along. Answers why it differs at last; undefined: it is equal.
 */
export const settleDynamic = async (
  copier: Copier,
  container: string,
  name: string,
  copyPrefix: CopyPrefix,
): Promise<string | undefined> => {
  if (await sameWhole(copier, container, name)) return undefined;
  const manifest = (await headOf(copier.source, container, name, 'itself', copier.signal))?.['x-object-manifest'];
  if (manifest === undefined) return undefined;
  const at = manifest.indexOf('/');
  const [within = '', prefix = ''] = [manifest.slice(0, at), manifest.slice(at + 1)].map(decodeURIComponent);
  if (within !== container) {
    await mustHaveContainer(copier.destination, container, name, within, copier.signal);
    await copyPrefix(within, prefix);
    if (await sameWhole(copier, container, name)) return undefined;
  }
  return `its segments, the objects ${prefix}… of container ${within}, differ`;
};

const sameWhole = async (
  { source, destination, signal }: Copier,
  container: string,
  name: string,
): Promise<boolean> => {
  const [original, twin] = await Promise.all(
    [source, destination].map((cloud) => headOf(cloud, container, name, 'content', signal)),
  );
  const same = (header: string): boolean => bareEtag(original?.[header]) === bareEtag(twin?.[header]);
  return original === undefined || (same('etag') && same('content-length'));
};
