import { headOf, mustHaveContainer, type Copier } from './copy-object.ts';
import { bareEtag } from './listing.ts';

/** Copies the objects of another container whose names begin so; answers how they differ at last. */
type CopyPrefix = (container: string, prefix: string) => Promise<string | undefined>;

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
  if ((await compareWhole(copier, container, name)) === 'same') return undefined;
  const manifest = (await headOf(copier.source, container, name, 'itself', copier.signal))?.['x-object-manifest'];
  if (manifest === undefined) return undefined;
  const at = manifest.indexOf('/');
  const [within = '', prefix = ''] = [manifest.slice(0, at), manifest.slice(at + 1)].map(unquoted);
  if (within !== container) {
    await mustHaveContainer(copier.destination, container, name, within, copier.signal);
    const differs = await copyPrefix(within, prefix);
    if (differs !== undefined) return `its segments in container ${within} differ: ${differs}`;
  }
  // Of more segments than a listing's page holds nobody tells a hash: they were compared one by one.
  if ((await compareWhole(copier, container, name)) !== 'different') return undefined;
  return `its segments, the objects ${prefix}… of container ${within}, differ`;
};

/** As Swift reads it: a per cent sign that begins no code stands for itself. */
const unquoted = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const compareWhole = async (
  { source, destination, signal }: Copier,
  container: string,
  name: string,
): Promise<'same' | 'different' | 'unknown'> => {
  const [original, twin] = await Promise.all(
    [source, destination].map((cloud) => headOf(cloud, container, name, 'content', signal)),
  );
  const same = (header: string): boolean => bareEtag(original?.[header]) === bareEtag(twin?.[header]);
  if (original === undefined) return 'same';
  if (original['etag'] === undefined && twin?.['etag'] === undefined)
    return twin === undefined ? 'different' : 'unknown';
  return same('etag') && same('content-length') ? 'same' : 'different';
};
