import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openPatternPeer } from './open-pattern-peer.ts';
import type { PayloadCase, PayloadDriver, PayloadFault, PayloadPair } from './payload-driver.ts';
import { peakOf } from './peak-of.ts';

/** The laws of every kind of bytes: what arrives is equal or it does not count, and memory does not grow with it. */
export const describePayload = (driver: PayloadDriver): void => {
  const size = driver.bytes ?? 3_000_000;
  const has = (name: PayloadCase): boolean => driver.without?.[name] === undefined;

  /** Each case begins with an item at the source and nothing at the destination. */
  const law = (name: PayloadCase | 'equal', title: string, body: (scene: Scene) => Promise<void>): void => {
    if (name !== 'equal' && !has(name)) return;
    it(title, { timeout: 60_000 }, async () => {
      await using pair = await driver.open();
      const bytes = randomBytes(name === 'zero' ? 0 : size);
      await body({ pair, bytes, id: await pair.put(bytes) });
    });
  };

  describe(driver.name, () => {
    law('equal', 'arrives byte by byte', isCopied);
    law('zero', 'arrives where it is empty', isCopied);
    law('unknown-size', 'arrives whole where its size is not announced', (scene) =>
      isCopiedThrough(scene, 'unknown-size'),
    );
    law('slow-source', 'arrives whole from a slow source', (scene) => isCopiedThrough(scene, 'slow-source'));
    law('slow-destination', 'arrives whole at a slow destination', (scene) =>
      isCopiedThrough(scene, 'slow-destination'),
    );

    law(
      'truncated',
      'of a source that breaks off is never taken for the whole, and arrives the next time',
      async (scene) => {
        await fails(scene, 'truncated');
        await isCopied(scene);
      },
    );

    law('corrupted', 'that changed on its way is found out', async (scene) => {
      await fails(scene, 'corrupted');
    });

    law('garbage-after', 'arrives without what follows it, at the latest the next time', async (scene) => {
      const { pair, id, bytes } = scene;
      const met = pair.spoil('garbage-after');
      const copied = await pair.copy(id, never()).then(...both);
      await met;
      if (copied) expect((await pair.arrived(id))?.equals(bytes)).toBe(true);
      else await isCopied(scene);
    });

    law(
      'cancelled',
      'that is called off half-way is never taken for the whole, and arrives the next time',
      async (scene) => {
        const { pair, id } = scene;
        const controller = new AbortController();
        const stuck = pair.spoil('stuck');
        const copied = pair.copy(id, controller.signal).then(...both);
        await stuck;
        controller.abort(new Error('enough'));
        expect(await copied).toBe(false);
        await isCopied(scene);
      },
    );

    const { giant } = driver;
    if (giant !== undefined && has('giant')) {
      it('of 8 GiB needs no more memory than of 256 MiB', { timeout: 900_000 }, async () => {
        await using peer = await openPatternPeer();
        await giant.call(driver, peer, 256 * mebibyte);
        const before = process.memoryUsage.rss();
        const peak = await peakOf(() => giant.call(driver, peer, 8 * 1024 * mebibyte));
        expect(await peer.received()).toEqual({ bytes: 8 * 1024 * mebibyte, equal: true });
        expect((peak - before) / mebibyte).toBeLessThan(64);
      });
    }
  });
};

interface Scene {
  readonly pair: PayloadPair;
  readonly id: string;
  readonly bytes: Buffer;
}

const mebibyte = 1024 * 1024;

const never = (): AbortSignal => new AbortController().signal;

const both = [() => true, () => false] as const;

const isCopied = async ({ pair, id, bytes }: Scene): Promise<void> => {
  await pair.copy(id, never());
  expect((await pair.arrived(id))?.equals(bytes)).toBe(true);
};

const isCopiedThrough = async (scene: Scene, fault: PayloadFault): Promise<void> => {
  const met = scene.pair.spoil(fault);
  await isCopied(scene);
  await met;
};

/** The attempt fails; what the destination has of it is not there, or is not the item. */
const fails = async ({ pair, id, bytes }: Scene, fault: PayloadFault): Promise<void> => {
  const met = pair.spoil(fault);
  await expect(pair.copy(id, never())).rejects.toMatchObject({ name: 'Failure' });
  await met;
  const arrived = await pair.arrived(id);
  if (fault === 'corrupted') expect(arrived?.equals(bytes) ?? false).toBe(false);
  else expect(arrived).toBeUndefined();
};
