import { isJsonObject } from '@osm/kernel';
import { startRoughRoad, type RoughRoad } from '@osm/testing/nats-server';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

describeFault({
  id: 25,
  fault: 'the network to the destination and to NATS resets connections, parts, and trickles, each while the plan runs',
  expected: 'no slot hangs: the plan ends whole, nothing is there twice',
  seconds: 420,
  run: async () => {
    let nats: RoughRoad | undefined;
    await using stage = await openStage({
      through: async (server) => {
        nats = await startRoughRoad(Number(new URL(server.url).port));
        return `nats://127.0.0.1:${nats.port}`;
      },
    });
    if (nats === undefined) throw new Error('NATS has no road before it');
    stage.defer(nats.stop);
    const cloud = await leadOver(stage);
    let isOver = false;
    const running = stage.migrate().finally(() => (isOver = true));
    // Whoever awaits it hears of it; the troubles go on until then.
    running.catch(() => undefined);
    const troubles = { resets: 0, partitions: 0, trickles: 0 };
    for (const [index, road] of [cloud, nats, cloud, nats, cloud].entries()) {
      await sleep(700);
      if (isOver) break;
      road.reset();
      troubles.resets += 1;
      await sleep(300);
      road.trickle();
      troubles.trickles += 1;
      await sleep(700);
      road.mend();
      if (index >= 2) continue;
      road.partition();
      troubles.partitions += 1;
      await sleep(2000);
      road.mend();
    }
    const outcome = await running;
    mustHold(await wrongOnNats(stage));
    if (troubles.partitions < 2 || cloud.made < 2 || nats.made < 2) throw new Error('it was over before its troubles');
    const said = `${troubles.resets} resets, ${troubles.partitions} partitions, ${troubles.trickles} trickles`;
    return `${said}; ${cloud.made} and ${nats.made} connections; ${outcome.succeeded} steps succeeded`;
  },
});

/** Everything that the services ask of the destination goes over a road; the row's own clients keep their way. */
const leadOver = async ({ clouds, defer }: Stage): Promise<RoughRoad> => {
  const fake = fakeOf(clouds.destination);
  const road = await startRoughRoad(Number(new URL(fake.url).port));
  defer(road.stop);
  const there = `http://127.0.0.1:${road.port}`;
  const text = readFileSync(clouds.cloudsYaml, 'utf8');
  writeFileSync(clouds.cloudsYaml, text.replaceAll(fake.url, there), { mode: 0o600 });
  for (const row of fake.state.get('identity.endpoints')?.values() ?? []) {
    if (isJsonObject(row)) Object.assign(row, { url: String(row['url']).replace(fake.url, there) });
  }
  return road;
};
