import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeFault } from './describe-fault.ts';
import { anotherLog, cutOff, flipBit, putBack } from './hurt-log.ts';
import { mustHold, wrongEmbedded, wrongOnNats } from './oracle.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openScene, openStage, shopServices, type Scene, type Stage } from './stage.ts';
import { ended, startShop, succeed } from './start-shop.ts';

const flips = process.env['OSM_FAULTS_FULL'] === '1' ? 40 : 4;

/** What a refusal of a log that cannot be trusted says to do. */
const refusal = /recover --from-archive/;

const mustRefuse = async (scene: Scene, config: string, what: string): Promise<void> => {
  const { code, output } = await ended(scene, config, 'scan');
  if (code !== 0 && refusal.test(output)) return;
  throw new Error(`${what}: the command went on and ended with ${code}: ${output}`);
};

/** The embedded log, hurt in each way; answers in how many. */
const embedded = async (): Promise<number> => {
  await using scene = await openScene();
  const config = scene.configure('embedded:');
  const file = path.join(scene.dataDirectory, 'events.db');
  const old = path.join(scene.clouds.folder, 'old.db');
  await succeed(scene, config, 'scan');
  copyFileSync(file, old);
  const { code, output } = await startShop(scene, config);
  if (code !== 0) throw new Error(`start ended with ${code}: ${output}`);
  const told = (): Promise<string> => succeed(scene, config, 'list', '--format', 'json', '--include-archived');
  const before = await told();
  const other = await anotherLog(scene.clouds.folder);
  const random = seededRandom(seed);
  const hurts: readonly (readonly [string, () => unknown])[] = [
    ['an old backup', () => putBack(file, old)],
    ['cut off', () => cutOff(file)],
    ['deleted', () => rmSync(file)],
    ['another log', () => putBack(file, other)],
    ...Array.from({ length: flips }, () => ['a bit flipped', () => flipBit(scene.dataDirectory, random)] as const),
  ];
  for (const [what, hurt] of hurts) {
    const where = await hurt();
    await mustRefuse(scene, config, `${what} ${String(where ?? '')}`);
    const said = await succeed(scene, config, 'recover', '--from-archive', '--yes');
    const after = await told();
    if (after !== before) throw new Error(`${what}: the registry told\n${before}\nand tells now\n${after}\n${said}`);
  }
  await succeed(scene, config, 'events', 'verify', path.join(scene.dataDirectory, 'archive'));
  mustHold(await wrongEmbedded(scene, config));
  return hurts.length;
};

/** Stops what has the log open, does something to the store, and starts the server again. */
const meanwhile = async ({ nats, service }: Stage, act: (store: string) => void): Promise<void> => {
  await Promise.all(shopServices.map((app) => service(app).kill()));
  await nats.shutDown();
  act(path.join(nats.folder, 'store'));
  await nats.start();
};

const mustNotStart = async (stage: Stage, what: string): Promise<void> => {
  const started = await stage.start('registry').then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (started === undefined) throw new Error(`${what}: the registry started`);
  if (!refusal.test(started)) throw new Error(`${what}: the registry did not start, and said ${started}`);
};

/** Flips a bit in the middle of the stream's file: of what an event says. */
const flipInStream = (store: string): void => {
  const files = readdirSync(store, { recursive: true, encoding: 'utf8' });
  const block = files.find((name) => name.includes('OSM_EVENTS') && name.endsWith('.blk'));
  if (block === undefined) throw new Error(`the store has no stream: ${files.join(' ')}`);
  const bytes = readFileSync(path.join(store, block));
  const at = bytes.indexOf('"name"', Math.floor(bytes.length / 3)) + 2;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path.join(store, block), bytes);
};

/** The same on a stream. */
const stream = async (): Promise<number> => {
  await using stage = await openStage();
  const copy = path.join(stage.clouds.folder, 'store-copy');
  await stage.scan();
  await meanwhile(stage, (store) => cpSync(store, copy, { recursive: true }));
  for (const app of shopServices) await stage.start(app);
  await stage.migrate();
  const told = () => stage.asker.ask('registry.mappings', { route: stage.clouds.route });
  const before = await told();
  await meanwhile(stage, (store) => {
    cpSync(store, `${copy}-new`, { recursive: true });
    rmSync(store, { recursive: true });
    cpSync(copy, store, { recursive: true });
  });
  await mustNotStart(stage, 'an old backup');
  await meanwhile(stage, (store) => {
    rmSync(store, { recursive: true });
    cpSync(`${copy}-new`, store, { recursive: true });
    flipInStream(store);
  });
  await mustNotStart(stage, 'a bit flipped');
  const refused = await ended(stage, stage.config, 'recover', '--from-archive', '--yes');
  if (refused.code === 0 || !refused.output.includes('nats stream')) {
    throw new Error(`a stream that is not empty was written to: ${refused.output}`);
  }
  await meanwhile(stage, (store) => {
    if (existsSync(store)) rmSync(store, { recursive: true });
  });
  await mustNotStart(stage, 'a stream that is gone');
  await succeed(stage, stage.config, 'recover', '--from-archive', '--yes');
  for (const app of shopServices) await stage.start(app);
  const after = await told();
  if (JSON.stringify(after) !== JSON.stringify(before))
    throw new Error('the registry tells something else than before');
  mustHold(await wrongOnNats(stage));
  return 3;
};

describeFault({
  id: 9,
  fault: 'the log is put back from an old backup, cut off, deleted, replaced by another one, or a bit of it flips',
  expected: 'nothing starts; recover --from-archive restores it, and the registry tells the same as before',
  seconds: 900,
  run: async () => {
    const files = await embedded();
    const streams = await stream();
    return `${files} times in the file and ${streams} times in the stream: noticed, and restored to an equal registry`;
  },
});
