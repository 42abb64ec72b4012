import { everyMigration } from '@osm/contracts';
import { followLog, type Heard } from '@osm/testing/harness';
import { photograph } from '@osm/testing/tenant';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongEmbedded, wrongOnNats } from './oracle.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { openScene, openStage, shopServices, type Scene } from './stage.ts';

/** Milliseconds for which the disk stays full: longer than anything is tried for once. */
const dry = 15_000;

const within = async (what: string, met: () => boolean, milliseconds = 120_000): Promise<void> => {
  const end = performance.now() + milliseconds;
  while (!met()) {
    if (performance.now() > end) throw new Error(`not met in ${milliseconds} ms: ${what}`);
    await pause(50);
  }
};

/** Starts the whole shop, and waits until the disk is why it does not go on. */
const startUntil = async (scene: Scene, config: string, words: RegExp, beforeItEnds: () => Promise<void>) => {
  const whole = ['--include-dependencies', '--include-members', '--progress', 'json'];
  const run = await scene.command(config, 'start', '--resource-type', 'domain', ...whole, scene.shop.domainId);
  let ended = false;
  void run.ended.then(() => (ended = true));
  await within(`${String(words)}: ${run.output()}`, () => ended || words.test(run.wholeOutput()));
  if (ended) throw new Error(`start ended before the disk was short: ${run.output()}`);
  await beforeItEnds();
  if (ended) throw new Error(`start did not wait for room: ${run.output()}`);
  return {
    end: async (): Promise<void> => {
      const code = await run.ended;
      if (code !== 0) throw new Error(`start ended with ${code}: ${run.output()}`);
    },
  };
};

const withDisk = async <Result>(scene: Scene, folder: string, work: (disk: SmallDisk) => Promise<Result>) => {
  const disk = mountSmallDisk(folder, 24);
  scene.defer(async () => disk.unmount());
  return work(disk);
};

/** The log, its copy and the registry on one disk, that is full in the middle of the work. */
const fullWithoutWarning = async (): Promise<void> => {
  await using scene = await openScene({ shop: { networks: 40 }, latencyMs: 20 });
  await withDisk(scene, scene.dataDirectory, async (disk) => {
    const config = scene.configure('embedded:', { min_free_disk_mib: 0 }, scene.dataDirectory);
    const scanned = await scene.command(config, 'scan');
    if ((await scanned.ended) !== 0) throw new Error(scanned.output());
    disk.fill(1024 * 1024);
    const { end } = await startUntil(scene, config, /disk is full/, () => pause(dry));
    disk.empty();
    await end();
    mustHold(await wrongEmbedded(scene, config));
  });
};

/** The same disk, with as little room as the settings let no step begin with. */
const shortOfRoom = async (): Promise<void> => {
  await using scene = await openScene();
  await withDisk(scene, scene.dataDirectory, async (disk) => {
    const config = scene.configure('embedded:', { min_free_disk_mib: 8 }, scene.dataDirectory);
    disk.fill(7 * 1024 * 1024);
    const { end } = await startUntil(scene, config, /room on the disk/, () => pause(dry));
    const made = await photograph(scene.clouds.destination.admin, scene.shop.prefix);
    if (made.length > 0) throw new Error(`steps were begun: ${JSON.stringify(made)}`);
    disk.empty();
    await end();
    mustHold(await wrongEmbedded(scene, config));
  });
};

/** The disk of the nats-server, which has to be killed and started again when there is room: 2.9 hangs at its first write that fails. */
const fullServer = async (): Promise<string> => {
  const store = path.join('/tmp', `osm-nats-disk-${process.pid}`);
  const disk = mountSmallDisk(store, 24);
  try {
    await using stage = await openStage({ store: path.join(store, 'js'), shop: { networks: 40 }, latencyMs: 20 });
    const migrating = stage.migrate();
    let ended = false;
    void migrating.then(
      () => (ended = true),
      () => (ended = true),
    );
    const isTwin = ({ event }: Heard): boolean => event.type === 'TwinIdentified';
    await followLog(stage.log, isTwin, { filter: everyMigration, withinMs: 120_000, what: 'the first twin' });
    disk.fill(64 * 1024);
    await within('the disk of the nats-server is full', () => ended || disk.free() < 8192);
    await pause(dry);
    if (ended) throw new Error(`the plan ended on a full disk: ${JSON.stringify(await migrating)}`);
    disk.empty();
    // It does not listen to a word any more.
    await stage.nats.kill();
    await stage.nats.start();
    const outcome = await migrating;
    mustHold(await wrongOnNats(stage));
    const gone = shopServices.filter((app) => !isAlive(stage.service(app).pid));
    mustHold(gone.map((app) => `${app} has ended: ${stage.service(app).output()}`));
    return `${outcome.succeeded} steps succeeded after it`;
  } finally {
    disk.unmount();
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};

describeFault({
  id: 10,
  fault: 'the disk of the log, of the registry or of the nats-server is full',
  expected: 'work waits and says why, nothing is lost, and it goes on when there is room',
  seconds: 900,
  run: async () => {
    await fullWithoutWarning();
    await shortOfRoom();
    const onNats = await fullServer();
    return `full without warning, short of room, and the server's: each went on; ${onNats}`;
  },
});
