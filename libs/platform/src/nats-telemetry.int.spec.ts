import { connect } from '@nats-io/transport-node';
import { natsServerMissing, startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { until } from '@osm/testing/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsTelemetry, type OpenTelemetry } from './nats-telemetry.ts';
import type { Ended, Listener, Moved, StepKey, Waiting } from './telemetry.ts';

const step: StepKey = { planId: 'plan.1 with odd*id', stepId: 'image/i1/transfer' };

describe.skipIf(natsServerMissing() !== undefined)('telemetry over NATS', () => {
  let server: NatsServer;
  const open: OpenTelemetry[] = [];

  beforeAll(async () => {
    // Without JetStream: nothing of it may be stored.
    server = await startNatsServer({ jetStream: 'off' });
  });
  afterAll(async () => {
    await Promise.all(open.map((each) => each.close()));
    await server.stop();
  });

  const telemetry = (): OpenTelemetry => {
    const made = natsTelemetry({ eventLog: server.url, natsCredentials: undefined });
    open.push(made);
    return made;
  };

  const listening = (to: OpenTelemetry) => {
    const heard = { moved: [] as Moved[], waiting: [] as Waiting[], ended: [] as Ended[] };
    const listener: Listener = {
      moved: (report) => void heard.moved.push(report),
      waiting: (report) => void heard.waiting.push(report),
      ended: (report) => void heard.ended.push(report),
    };
    return { heard, deaf: to.listen(listener) };
  };

  it('reaches another process, with dates as dates', async () => {
    const [worker, watcher] = [telemetry(), telemetry()];
    const { heard } = listening(watcher);
    const since = new Date('2026-01-01T00:00:00Z');
    const until_ = new Date('2026-01-01T01:00:00Z');
    await until('the wait is heard', () => {
      worker.waiting({ ...step, what: 'a place', since, until: until_ });
      return heard.waiting.length > 0;
    });
    expect(heard.waiting[0]).toMatchObject({ ...step, what: 'a place', since, until: until_ });
    worker.moved({ ...step, bytes: 5, total: undefined });
    await until('the bytes are heard', () => heard.moved.length > 0);
    expect(heard.moved[0]).toMatchObject({ ...step, bytes: 5 });
    worker.ended({ ...step, again: undefined });
    await until('the end is heard', () => heard.ended.length > 0);
  });

  it('is heard once by a listener of the same process', async () => {
    const both = telemetry();
    const other = listening(telemetry());
    const { heard } = listening(both);
    both.moved({ ...step, bytes: 1, total: 2 });
    expect(heard.moved).toHaveLength(1);
    await until('the other process hears', () => {
      if (other.heard.moved.length > 0) return true;
      both.moved({ ...step, bytes: 2, total: 2 });
      return false;
    });
    const said = heard.moved.length;
    both.ended({ ...step, again: undefined });
    await until('the other process hears the end', () => other.heard.ended.length > 0);
    expect(heard.moved).toHaveLength(said);
    expect(heard.ended).toHaveLength(1);
  });

  it('takes no harm from what is no report', async () => {
    const watcher = telemetry();
    const { heard } = listening(watcher);
    const stranger = await connect({ servers: server.url });
    await until('the listener is there', () => {
      for (const text of ['no json', '{}', '{"report":"moved"}']) stranger.publish('osm.tel.x', text);
      stranger.publish('osm.tel.x', JSON.stringify({ report: 'moved', planId: 'x', stepId: 'y', bytes: 1 }));
      return heard.moved.length > 0;
    });
    expect(heard.moved[0]).toMatchObject({ planId: 'x', stepId: 'y', bytes: 1, total: undefined });
    await stranger.close();
  });

  it('hurts nobody when there is no server', async () => {
    const lost = natsTelemetry({ eventLog: 'nats://127.0.0.1:9', natsCredentials: undefined });
    const { heard, deaf } = listening(lost);
    lost.moved({ ...step, bytes: 1, total: 2 });
    expect(heard.moved).toHaveLength(1);
    deaf();
    await lost.close();
  });
});
