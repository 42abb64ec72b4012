import { listed } from '@osm/testing/tenant';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { killAtRequests } from './kill-at-request.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

const size = 24 * 1024 * 1024;
const percents = [1, 50, 99];
const upload = /\/images\/[^/]+\/file$/;

/** Every status that the image was seen in at the destination, with its bytes where it was active. */
const seenStates = async ({ clouds }: Stage, signal: AbortSignal): Promise<ReadonlySet<string>> => {
  const { admin } = clouds.destination;
  const seen = new Set<string>();
  while (!signal.aborted) {
    const images = await listed(admin, 'image', { path: '/images', key: 'images', query: { visibility: 'all' } });
    for (const { name, status, size: bytes } of images) {
      if (name === 'image-1') seen.add(status === 'active' ? `active with ${String(bytes)} bytes` : String(status));
    }
    await pause(20);
  }
  return seen;
};

describeFault({
  id: 6,
  fault: 'the mover is killed in the middle of an image: at 1 %, at 50 % and at 99 % of its bytes',
  expected: 'no image is ever active and short; the copy is made once more, and the hashes are equal',
  run: async () => {
    // A slow line: the sender is hardly ahead of the receiver.
    const settings = { bandwidth_limit: '4MB/s' };
    await using stage = await openStage({ shop: { imageBytes: size }, settings });
    const kills = killAtRequests(
      stage,
      percents.map((percent) => {
        const moment = { byte: Math.ceil((size * percent) / 100) };
        return { app: 'data-transfer', method: 'PUT', path: upload, moment } as const;
      }),
    );
    const over = new AbortController();
    const moving = stage.migrate().finally(() => over.abort());
    const [outcome, seen] = await Promise.all([moving, seenStates(stage, over.signal)]);
    await kills.restarted();
    mustHold(await wrongOnNats(stage));
    const short = [...seen].filter((state) => state.startsWith('active') && state !== `active with ${size} bytes`);
    mustHold(short.map((state) => `the image was ${state} of ${size}`));
    const uploads = fakeOf(stage.clouds.destination)
      .ledger.writes()
      .filter(({ path }) => upload.test(path));
    const broken = uploads.filter(({ status }) => status !== 204).length;
    if (kills.done.length !== 3 || broken !== 3 || uploads.length !== 4) {
      throw new Error(`${kills.done.length} kills, ${uploads.length} uploads of which ${broken} were broken off`);
    }
    return `${broken} uploads broken off, the next one whole, ${outcome.succeeded} steps succeeded`;
  },
});
