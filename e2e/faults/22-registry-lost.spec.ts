import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openScene } from './stage.ts';
import { startShop, succeed } from './start-shop.ts';

/** Writes noise over a page of the file's inside, as `dd` would. */
const spoil = (file: string, random: () => number): void => {
  const noise = Buffer.from(Array.from({ length: 4096 }, () => Math.floor(random() * 256)));
  const pages = Math.floor(statSync(file).size / 4096);
  const fd = openSync(file, 'r+');
  try {
    writeSync(fd, noise, 0, noise.length, Math.floor(random() * pages) * 4096);
  } finally {
    closeSync(fd);
  }
};

describeFault({
  id: 22,
  fault: 'the mapping database is deleted, or noise is written over pages of it',
  expected: 'it is made again from the log and tells the same as before',
  run: async () => {
    await using scene = await openScene();
    const config = scene.configure('embedded:');
    const { code, output } = await startShop(scene, config);
    if (code !== 0) throw new Error(`start ended with ${code}: ${output}`);
    const told = (): Promise<string> => succeed(scene, config, 'list', '--format', 'json', '--include-archived');
    const before = await told();
    const file = path.join(scene.dataDirectory, 'registry.db');
    const random = seededRandom(seed);
    const hurts: readonly (() => void)[] = [
      () => ['', '-wal', '-shm'].forEach((end) => rmSync(`${file}${end}`, { force: true })),
      () => Array.from({ length: 10 }).forEach(() => spoil(file, random)),
      () => Array.from({ length: 40 }).forEach(() => spoil(file, random)),
    ];
    for (const hurt of hurts) {
      hurt();
      await succeed(scene, config, 'registry', 'rebuild');
      const after = await told();
      if (after !== before) throw new Error(`the registry told\n${before}\nand tells now\n${after}`);
    }
    mustHold(await wrongEmbedded(scene, config));
    return `${hurts.length} times lost or spoiled, ${JSON.parse(before).length} records told as before`;
  },
});
