/**
 * Moves images as the product does, and as nothing else in this process: its memory and its processor time are the mover's
 * alone. Started by `startImageMover`, bundled as the apps are.
 */
import { cloudConfig, openCloud, type OpenCloud } from '@osm/openstack';
import { openMover } from '@osm/payload';
import { copyImageData } from '@osm/resources/image';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What it is told to do: all these images, at once. */
export interface ImageOrder {
  readonly source: string;
  readonly destination: string;
  readonly ids: readonly string[];
}

/** What it answers. */
export interface ImagesMoved {
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

const open = (name: string, url: string): OpenCloud =>
  openCloud(
    name,
    cloudConfig(
      name,
      { auth: { auth_url: `${url}/v3`, username: 'bench', password: 'bench', project_name: 'bench' } },
      { file: 'bench', home: '/' },
    ),
  );

const clock = {
  now: () => new Date(),
  sleep: async (milliseconds: number, signal?: AbortSignal) => {
    await sleep(milliseconds, undefined, signal && { signal });
  },
};

/** The most memory that this process ever had, as the kernel counts it. */
const peakRssMiB = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

const moveImages = async (order: ImageOrder): Promise<ImagesMoved> => {
  const [source, destination] = [open('source', order.source), open('destination', order.destination)];
  const { signal } = new AbortController();
  const route = { source: source.name, destination: destination.name };
  const mover = openMover();
  const move = mover({ route, signal, progress: () => undefined });
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  const proofs = await Promise.all(
    order.ids.map((id) =>
      copyImageData({ source, destination, clock, signal, move, waiting: () => undefined }, id, id),
    ),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  source.close();
  destination.close();
  const bytes = proofs.reduce((sum, proof) => sum + proof.bytes, 0);
  return { bytes, seconds, cpuSeconds: (user + system) / 1e6, peakRssMiB: peakRssMiB() };
};

process.on('message', (order: ImageOrder) => {
  void moveImages(order).then((moved) => process.send?.(moved));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
