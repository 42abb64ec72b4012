import { decodeEvent } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';
import { startHoldingRelay, type HoldingRelay } from '@osm/testing/nats-server';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type ServiceApp, type Stage } from './stage.ts';

/** One worker that creates and one that moves bytes: the type, the step, its queue, who works it. */
const victims: readonly (readonly [string, string, string, ServiceApp])[] = [
  ['network', 'create', 'network', 'migrator-network'],
  ['image', 'transfer', 'data-transfer', 'data-transfer'],
];

/** The outcome of a step, as its worker publishes it. */
const outcomeOf = (type: string, step: string): RegExp =>
  new RegExp(`^HPUB osm\\.evt\\.migration\\.\\S+\\.${type}\\.[^]*Osm-Type: StepSucceeded\r[^]*"step":"${step}"`, 'i');

/** A command whose outcome is in the log and whose worker died before it could say so. */
interface Orphaned {
  readonly queue: string;
  readonly subject: string;
  /** The log position of the outcome. */
  readonly outcome: number;
  readonly stepId: string;
  readonly key: string;
  readonly command: JsonObject;
}

const killBeforeAck = async (
  stage: Stage,
  relay: HoldingRelay,
  [type, step, queue, app]: (typeof victims)[number],
): Promise<Orphaned> => {
  const said = await relay.holdAfter(outcomeOf(type, step));
  const [, subject = ''] = said.split(' ');
  const { position, data } = await lastOutcome(stage, subject);
  const { planId, stepId, attempt } = data;
  const key = `${planId}/${stepId}/${attempt}`;
  const command = { planId, stepId, attempt };
  const left = await stage.queue.enqueue(queue, key, command);
  await stage.service(app).kill();
  if (left !== 'pending') throw new Error(`the command for the ${type} was acknowledged before its worker died`);
  await stage.start(app);
  return { queue, subject, outcome: position, stepId, key, command };
};

/** The outcome that the server has just got; its publisher will never hear of it. */
const lastOutcome = async ({ log }: Stage, subject: string) => {
  for (let patience = 100; patience > 0; patience--) {
    const last = (await log.load(subject)).at(-1);
    const event = last === undefined ? undefined : decodeEvent(last);
    if (last !== undefined && event?.type === 'StepSucceeded') return { position: last.position, data: event.data };
    await pause(50);
  }
  throw new Error(`the outcome on ${subject} never came to the log`);
};

/** Waits until a command was delivered again and acknowledged; then it is given once more, and that one is waited for, too. */
const untilDone = async ({ queue: commands }: Stage, { queue, key, command }: Orphaned): Promise<void> => {
  const end = performance.now() + 60_000;
  for (let given = 0; given < 2;) {
    if ((await commands.enqueue(queue, key, command)) === 'queued') given += 1;
    if (performance.now() > end) throw new Error(`the command ${key} is still there`);
    await pause(100);
  }
};

describeFault({
  id: 3,
  fault: 'a worker is killed after the outcome is recorded, and before it acknowledges the command',
  expected: 'the command comes again and nothing comes of it',
  run: async () => {
    const relays: HoldingRelay[] = [];
    await using stage = await openStage({
      through: async ({ port }) => {
        const started = await startHoldingRelay(port);
        relays.push(started);
        return started.url;
      },
    });
    const [relay] = relays;
    if (relay === undefined) throw new TypeError('no relay was asked for');
    stage.defer(relay.stop);
    const killing = victims.map((victim) => killBeforeAck(stage, relay, victim));
    const [outcome, ...orphaned] = await Promise.all([stage.migrate(), ...killing]);
    for (const each of orphaned) await untilDone(stage, each);
    mustHold(await wrongOnNats(stage));
    for (const { subject, outcome: position, stepId } of orphaned) {
      const later = (await stage.log.load(subject)).filter((recorded) => recorded.position > position);
      const again = later.map(decodeEvent).filter(({ data }) => 'stepId' in data && data.stepId === stepId);
      mustHold(again.map(({ type }) => `${type} was recorded after the outcome of ${stepId}`));
    }
    const { ledger } = fakeOf(stage.clouds.destination);
    const sent = (method: string, path: RegExp) =>
      ledger.writes().filter((entry) => entry.method === method && path.test(entry.path)).length;
    const counts = [sent('POST', /\/networks$/), sent('POST', /\/images$/), sent('PUT', /\/file$/)];
    if (String(counts) !== '3,1,1') throw new Error(`requests for networks, images, data: ${counts.join(', ')}`);
    return `${orphaned.length} kills, each command came again, and once more, 1 outcome each; ${outcome.succeeded} steps succeeded`;
  },
});
