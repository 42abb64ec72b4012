import { alternately } from '@osm/testing/bench-figures';
import { bounds, type Bench } from './bench.ts';
import { imageIdOf } from './pattern.ts';
import { startGlanceServer } from './start-glance-server.ts';
import { buildImageMover } from './start-image-mover.ts';

const gib = 1024 ** 3;

/** The most memory that a mover ever takes for a large image, and how much of that is due to its size. */
export const imageMemory: Bench = {
  name: 'image-memory',
  summary: 'peak memory of the mover for an image of 8 GiB, against one of 1 GiB',
  run: async ({ rounds, tell }) => {
    const move = await buildImageMover();
    const source = await startGlanceServer({ full: true });
    const destination = await startGlanceServer({ full: false });
    const moving = (bytes: number) => async (round: number) => {
      const id = imageIdOf(round, bytes);
      await destination.create(id);
      const { peakRssMiB, seconds } = await move({ source: source.url, destination: destination.url, ids: [id] });
      await destination.remove(id);
      return { peakRssMiB, mbPerSecond: bytes / 1e6 / seconds };
    };
    const sides = await alternately(
      rounds,
      { gib8: moving(8 * gib), gib1: moving(gib) },
      (side, round, { peakRssMiB }) => tell(`${round + 1}: ${side} ${peakRssMiB.toFixed(0)} MiB`),
    );
    await Promise.all([source.end(), destination.end()]);
    const peakRssMiB = sides.gib8.peakRssMiB.median;
    const growthMiB = peakRssMiB - sides.gib1.peakRssMiB.median;
    return {
      sides,
      keys: { peakRssMiB, growthMiB },
      missed: bounds(
        { key: 'peakRssMiB', value: peakRssMiB, most: 200 },
        { key: 'growthMiB', value: growthMiB, most: 16 },
      ),
    };
  },
};
