import { openEmbeddedLog } from '@osm/event-log-embedded';
import { bundleOf, startProcess } from '@osm/testing/harness';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openPower, type Power } from './power-cut.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openScene, openStage, shopServices, type Scene } from './stage.ts';
import { startShop } from './start-shop.ts';

const cuts = process.env['OSM_FAULTS_FULL'] === '1' ? 40 : 6;

const root = path.resolve(import.meta.dirname, '../..');

/** Appends as fast as it goes until the power is cut; answers how many acknowledged events there were. All must be there. */
const acknowledged = async (scene: Scene, power: Power, after: number): Promise<number> => {
  const directory = path.join(scene.clouds.folder, 'appends');
  mkdirSync(directory, { recursive: true });
  const program = path.join(root, 'libs/event-log-embedded/src/append-for-ever.suite.ts');
  const args = ['--import', path.join(root, 'tools/osm-loader.mjs'), program, directory];
  const appending = await startProcess({ name: 'appends', args, env: power.env, ready: /./ });
  await pause(after);
  await appending.kill();
  power.cut(directory);
  const { log, close } = await openEmbeddedLog({ directory });
  const there = new Set((await Array.fromAsync(log.read())).map(({ id }) => id));
  await close();
  power.sync(directory);
  // The last line may be half of one.
  const ids = appending
    .wholeOutput()
    .split('\n')
    .filter((line) => line.length === 36);
  const lost = ids.filter((id) => !there.has(id));
  if (lost.length > 0) throw new Error(`${lost.length} of ${ids.length} acknowledged events are lost`);
  return ids.length;
};

/** Migrates while the power is cut again and again; answers how many files lost something, in all. */
const migrated = async (scene: Scene, power: Power, random: () => number): Promise<number> => {
  const config = scene.configure('embedded:');
  const whole = ['--include-dependencies', '--include-members'];
  const start = ['start', '--resource-type', 'domain', ...whole, scene.shop.domainId];
  let lost = 0;
  for (let at = 0; at < cuts; at++) {
    const run = await startProcess({
      name: 'start',
      args: [bundleOf('cli'), '--config', config, ...start],
      env: power.env,
    });
    await Promise.race([run.ended, pause(1500 + random() * 3000)]);
    await run.kill();
    lost += power.cut(scene.dataDirectory);
  }
  const { code, output } = await startShop(scene, config);
  if (code !== 0) throw new Error(`start ended with ${code}: ${output}`);
  mustHold(await wrongEmbedded(scene, config));
  return lost;
};

/** A nats-server that syncs every two minutes loses what it has acknowledged since. Then nothing may start. */
const refusedOnNats = async (): Promise<number> => {
  await using stage = await openStage();
  const copy = path.join(stage.clouds.folder, 'synced-store');
  const store = path.join(stage.nats.folder, 'store');
  cpSync(store, copy, { recursive: true });
  await stage.migrate();
  // What a process has seen is noted within a second.
  await pause(2500);
  await Promise.all(shopServices.map((app) => stage.service(app).kill()));
  await stage.nats.kill();
  rmSync(store, { recursive: true });
  cpSync(copy, store, { recursive: true });
  await stage.nats.start();
  for (const app of shopServices) {
    const words = await stage.start(app).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    if (!/cannot go on with the event log.*recover --from-archive/s.test(words)) throw new Error(`${app}: ${words}`);
  }
  return shopServices.length;
};

describeFault({
  id: 8,
  fault: 'the power fails: what was written and not synced is gone',
  expected: 'nothing that was acknowledged is lost, and the work goes on; a log that did lose it starts nothing',
  seconds: 900,
  run: async () => {
    await using scene = await openScene({ shop: { networks: 12 }, latencyMs: 30 });
    const power = openPower(scene.clouds.folder);
    const random = seededRandom(seed);
    let events = 0;
    for (let at = 0; at < cuts; at++) events += await acknowledged(scene, power, 200 + random() * 1500);
    if (events === 0) throw new Error('nothing was acknowledged before the power failed');
    const lost = await migrated(scene, power, random);
    if (lost === 0) throw new Error('no file lost anything: the power was never cut');
    const refused = await refusedOnNats();
    return `${2 * cuts} cuts: all of ${events} acknowledged events there, ${lost} files lost what was not synced; ${refused} services refused a log that lost events`;
  },
});
