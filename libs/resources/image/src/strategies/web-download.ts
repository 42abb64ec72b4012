import { Failure, isFailure } from '@osm/kernel';
import { loanName } from '@osm/resource';
import { fileOf } from './image-record.ts';
import type { ImageStrategy } from './image-strategy.ts';
import { lendUrl, takeBack, wholeObject, type Loan } from './lend-url.ts';
import { untilImported } from './until-imported.ts';

/**
 * The destination fetches the data by itself: they stand for a short while in the source's own object store, and the
 * destination is given a signed URL of them. No URL that anybody has written down is ever passed on.
 */
export const webDownload: ImageStrategy = {
  name: 'web-download',
  because: 'the destination fetches the data by itself',
  impossible: ({ methods, noObjectStore }, original) => {
    if (!methods.includes('web-download')) return 'the destination has no import method web-download';
    if (noObjectStore !== undefined) return noObjectStore;
    if (Number(original['size'] ?? 0) > wholeObject) return 'its data are larger than one object may be (5 GiB)';
    return undefined;
  },

  bring: async (copy, original, twin, hash) => {
    const id = String(twin['id']);
    if (twin['status'] === 'importing') {
      await untilImported(copy, original, id);
      return undefined;
    }
    const { source, destination, clock, signal, move, waiting } = copy;
    const loan: Loan = {
      cloud: source,
      name: loanName(String(original['id']), destination.name),
      clock,
      signal,
      waiting,
    };
    const { hash: hashed, url } = await lendUrl(loan, async (writer) => {
      const reader = await source.download('image', fileOf(original), signal);
      try {
        const to = await writer(Number(original['size'] ?? reader.size));
        return await move(reader, to, hash === undefined ? {} : { hash });
      } catch (error) {
        reader.close();
        throw error;
      }
    });
    const body = { method: { name: 'web-download', uri: url } };
    const request = { method: 'POST', path: `/images/${id}/import`, body, accept: [409] } as const;
    await destination.send('image', request, signal).catch((error: unknown) => {
      throw unfetched(id, url, error);
    });
    await untilImported(copy, original, id);
    // After a failure it stays for the next try, and for the step that tidies up whatever happens.
    await takeBack(loan);
    return hashed;
  },
};

/** The destination's own words hold the signed URL: they are not passed on. */
const unfetched = (id: string, url: string, error: unknown): unknown => {
  if (!isFailure(error)) return error;
  const { host } = new URL(url);
  const { http, disposition } = error;
  const refusal = http?.status === 400;
  return new Failure(
    refusal ? 'web-download-refused' : error.code,
    refusal
      ? `cannot have the destination fetch the data of image ${id}: it fetches nothing from ${host}`
      : `cannot have the destination fetch the data of image ${id} from ${host} (status ${String(http?.status)})`,
    {
      disposition,
      remedy: refusal
        ? 'Allow that host and port in the destination’s Glance ([import_filtering_opts] allowed_hosts, allowed_ports; it allows the ports 80 and 443 by itself), or set image_transfer to direct.'
        : error.remedy,
    },
  );
};
