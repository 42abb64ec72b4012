import { alternately, childSeconds } from '@osm/testing/bench-figures';
import { bounds, type Bench } from './bench.ts';
import { runShell } from './children.ts';
import { imageIdOf, patternHash } from './pattern.ts';
import { startGlanceServer, type GlanceServer } from './start-glance-server.ts';
import { buildImageMover } from './start-image-mover.ts';

const bytes = 4 * 1024 ** 3;

interface Ends {
  readonly source: GlanceServer;
  readonly destination: GlanceServer;
}

/** A fresh image for the time of one measurement, proven afterwards. */
const withImage = async <T>({ destination }: Ends, image: number, use: (id: string) => Promise<T>): Promise<T> => {
  const id = imageIdOf(image, bytes);
  await destination.create(id);
  const used = await use(id);
  if ((await destination.hashOf(id)) !== patternHash(image, bytes)) throw new Error(`other bytes arrived of ${id}`);
  await destination.remove(id);
  return used;
};

const perSecond = (seconds: number, cpuSeconds: number) => ({
  mbPerSecond: bytes / 1e6 / seconds,
  cpuSecondsPerGib: cpuSeconds / (bytes / 1024 ** 3),
});

/**
 * curl gets the length announced, as the mover does, and no chunks: that is the quicker way for curl too. What is asked
 * first (`Expect: 100-continue`) both ask.
 */
const curl = async ({ source, destination }: Ends, id: string) => {
  const started = performance.now();
  const put = `curl -sf -T - -o /dev/null -H 'Content-Length: ${bytes}' -H 'Transfer-Encoding:' -H 'Content-Type: application/octet-stream'`;
  const file = `v2/images/${id}/file`;
  const times = await runShell(`curl -sf '${source.url}/${file}' | ${put} '${destination.url}/${file}' && times`);
  return perSecond((performance.now() - started) / 1000, childSeconds(times));
};

/** One image, as fast as it goes, against two curls and a pipe between them. */
export const imageStream: Bench = {
  name: 'image-stream',
  summary: 'one 4 GiB image over loopback, every byte compared, against curl | curl',
  run: async ({ rounds, tell }) => {
    const move = await buildImageMover();
    const ends = {
      source: await startGlanceServer({ full: true }),
      destination: await startGlanceServer({ full: false }),
    };
    const urls = { source: ends.source.url, destination: ends.destination.url };
    const sides = await alternately(
      rounds,
      {
        ours: (round) =>
          withImage(ends, round, async (id) => {
            const { seconds, cpuSeconds } = await move({ ...urls, ids: [id] });
            return perSecond(seconds, cpuSeconds);
          }),
        curl: (round) => withImage(ends, round, (id) => curl(ends, id)),
      },
      (side, round, { mbPerSecond, cpuSecondsPerGib }) =>
        tell(`${round + 1}: ${side} ${mbPerSecond.toFixed(0)} MB/s, ${cpuSecondsPerGib.toFixed(2)} CPU s/GiB`),
    );
    await Promise.all([ends.source.end(), ends.destination.end()]);
    const ratio = sides.ours.mbPerSecond.median / sides.curl.mbPerSecond.median;
    return { sides, keys: { ratio }, missed: bounds({ key: 'ratio', value: ratio, least: 0.9 }) };
  },
};
