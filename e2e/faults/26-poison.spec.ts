import { encodeEvent, planSubject, type DomainEvent } from '@osm/contracts';
import { systemClock, systemIds } from '@osm/platform';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

/** What nobody can work on: no JSON, JSON of another shape, and nothing at all; for workers also a step of no plan. */
const unreadable = ['{"planId": ', '[1, 2]', ''];
const stray = '{"planId":"no-such-plan","stepId":"no-such-step","attempt":1}';

const poison: ReadonlyMap<string, readonly string[]> = new Map([
  ...['network', 'identity', 'image'].map((queue): [string, readonly string[]] => [queue, [...unreadable, stray]]),
  ...['planner', 'discovery'].map((queue): [string, readonly string[]] => [queue, unreadable]),
]);

/** More than there are slots: whoever kept a slot for them would have none left. */
const copies = 5;

describeFault({
  id: 26,
  fault: 'commands that nobody can read, and an event of a version to come',
  expected:
    'they are told of and wait, ever longer, while all others flow; the event stops its readers until the upgrade',
  run: async () => {
    await using stage = await openStage();
    const before = await publishPoison(stage);
    const outcome = await stage.migrate();
    mustHold(await wrongOnNats(stage));
    const { left, deliveries } = await commandsLeft(stage);
    if (left !== before) throw new Error(`${left} commands are left, ${before} were poison`);
    // A hundred milliseconds, doubled each time: whoever spun would have come to thousands.
    const most = left * 20;
    if (deliveries > most) throw new Error(`${deliveries} deliveries of ${left} commands`);
    const told = ['migrator-network', 'migrator-identity', 'migrator-image'] as const;
    const silent = told.filter((app) => !/JSON|Invalid|invalid|no-such-plan/.test(stage.service(app).wholeOutput()));
    if (silent.length > 0) throw new Error(`${silent.join()} said nothing of it`);

    await publishNewerEvent(stage);
    const refusal = await said(() =>
      /cannot read PlanRequested of version 99[^"\\]*/.exec(stage.service('registry').wholeOutput()),
    );
    return `${left} commands set aside after ${deliveries} deliveries, ${outcome.succeeded} steps succeeded beside them; ${refusal}`;
  },
});

/** What a service says, once it does. */
const said = async (find: () => RegExpExecArray | null): Promise<string> => {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(100)) {
    const found = find();
    if (found !== null) return found[0];
  }
  throw new Error('the event of a version to come was taken for one that is known');
};

const publishPoison = async ({ nats }: Stage): Promise<number> => {
  const connection = await connect({ servers: nats.url });
  try {
    const client = jetstream(connection);
    let published = 0;
    for (const [queue, bodies] of poison) {
      for (const [kind, body] of bodies.entries()) {
        for (let copy = 0; copy < copies; copy++) {
          await client.publish(`osm.cmd.${queue}.poison-${kind}-${copy}`, body);
          published += 1;
        }
      }
    }
    return published;
  } finally {
    await connection.close();
  }
};

const commandsLeft = async ({ nats }: Stage): Promise<{ readonly left: number; readonly deliveries: number }> => {
  const connection = await connect({ servers: nats.url });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info('OSM_COMMANDS');
    let deliveries = 0;
    for await (const { delivered, ack_floor } of manager.consumers.list('OSM_COMMANDS')) {
      deliveries += delivered.consumer_seq - ack_floor.consumer_seq;
    }
    return { left: state.messages, deliveries };
  } finally {
    await connection.close();
  }
};

/** As a newer version would write it, in a log that this one reads. */
const publishNewerEvent = async ({ log, wanted, policy }: Stage): Promise<void> => {
  const { route, roots, include } = wanted;
  const request = { route, include, intent: 'migrate', cleanUp: 'never', policy: { ...policy } } as const;
  const data = { ...request, roots: [...roots], asOf: 0, by: 'e2e' };
  const requested: DomainEvent = { type: 'PlanRequested', data };
  const event = encodeEvent(requested, { producer: 'e2e' }, systemClock, systemIds);
  await log.append(planSubject(randomUUID()), 0, [{ ...event, version: 99 }]);
};
