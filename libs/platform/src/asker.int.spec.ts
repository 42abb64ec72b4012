import 'reflect-metadata';
import type { RequestOf } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { boot, type Running } from '@osm/runtime';
import { startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { openTestPorts, testSettings, until } from '@osm/testing/ports';
import { Controller, Module } from '@nestjs/common';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answers, Asked } from './answers.ts';
import { ClientAsker } from './client-asker.ts';
import { natsOptions } from './nats-options.ts';
import { Ports } from './ports.ts';

const refusal = new Failure('stale-digest', 'cannot approve the plan: it is another one', {
  remedy: 'Look again.',
  http: { service: 'network', method: 'GET', url: 'http://cloud/networks', status: 409, requestId: 'req-1' },
});

/** A request that takes as long as the test wants. */
const slow = { asked: false, answer: Promise.withResolvers<void>() };

@Controller()
class EchoController {
  constructor(private readonly ports: Ports) {}

  @Answers('planner.start')
  start(@Asked('planner.start') { planId }: RequestOf<'planner.start'>): { readonly position: number } {
    return { position: planId.length };
  }

  @Answers('planner.approve')
  approve(@Asked('planner.approve') asked: RequestOf<'planner.approve'>): never {
    if (asked.digest === 'defect') throw new TypeError('it is not a function');
    throw refusal;
  }

  @Answers('planner.pause')
  async pause(@Asked('planner.pause') _asked: RequestOf<'planner.pause'>): Promise<never> {
    await Promise.resolve();
    throw refusal;
  }

  @Answers('planner.cancel')
  cancel(@Asked('planner.cancel') _asked: RequestOf<'planner.cancel'>): Promise<never> {
    return new Promise(() => undefined);
  }

  @Answers('planner.resume')
  async resume(@Asked('planner.resume') _asked: RequestOf<'planner.resume'>): Promise<{ readonly position: number }> {
    slow.asked = true;
    await slow.answer.promise;
    return { position: 1 };
  }

  @Answers('registry.position')
  position(@Asked('registry.position') _asked: RequestOf<'registry.position'>): { readonly position: string } {
    return { position: this.ports.worker };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const payload = { planId: 'p1', by: 'ann' };

describe.each(['embedded', 'nats'] as const)('a request over the %s transport', (transport) => {
  let nats: NatsServer | undefined;
  let running: Running;

  beforeAll(async () => {
    if (transport === 'nats') nats = await startNatsServer();
    const eventLog = nats?.url ?? 'embedded:';
    running = await boot(await openTestPorts({ settings: { eventLog } }), [EchoModule], { quiet: true });
  });
  afterAll(async () => {
    await running.close();
    await nats?.stop();
  });

  it('is answered', async () => {
    expect(await running.asker.ask('planner.start', payload)).toEqual({ position: 2 });
  });

  it('reaches a controller that was given its ports', async () => {
    expect(await running.asker.ask('registry.position', {})).toEqual({ position: expect.stringContaining('/') });
  });

  it('raises the failure that the controller threw', async () => {
    const { code, message, remedy, http } = refusal;
    const asked = running.asker.ask('planner.approve', { ...payload, digest: 'd' });
    await expect(asked).rejects.toBeInstanceOf(Failure);
    await expect(asked).rejects.toMatchObject({ code, message, remedy, http, disposition: 'stop' });
    await expect(running.asker.ask('planner.pause', payload)).rejects.toMatchObject({ code, message, remedy });
  });

  it('tells a defect as what it is', async () => {
    const asked = running.asker.ask('planner.approve', { ...payload, digest: 'defect' });
    await expect(asked).rejects.toMatchObject({ code: 'unexpected', message: 'it is not a function' });
  });

  it('is refused where it is malformed, with the place', async () => {
    const malformed: object = { planId: 7 };
    const asked = running.asker.ask('planner.start', malformed as RequestOf<'planner.start'>);
    await expect(asked).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/planner\.start.*planId.*by/),
    });
  });

  it('fails at once where nobody answers it', async () => {
    await expect(running.asker.ask('registry.plans', {})).rejects.toMatchObject({
      code: 'nobody-answers',
      message: expect.stringContaining('registry.plans'),
      remedy: expect.stringMatching(/./),
    });
  });
});

describe('a request over NATS', () => {
  let nats: NatsServer;
  let running: Running;

  beforeAll(async () => {
    nats = await startNatsServer();
    running = await boot(await openTestPorts({ settings: { eventLog: nats.url } }), [EchoModule], { quiet: true });
  });
  afterAll(async () => {
    await running.close();
    await nats.stop();
  });

  it('does not wait for ever', async () => {
    const options = await natsOptions(testSettings({ eventLog: nats.url }));
    const client = ClientProxyFactory.create({ transport: Transport.NATS, options });
    const asked = new ClientAsker(client, 50).ask('planner.cancel', payload);
    await expect(asked).rejects.toMatchObject({ code: 'no-answer', disposition: 'retry' });
    await client.close();
  });

  it('is answered by a service that was sent nonsense before', async () => {
    const stranger = await connect({ servers: nats.url });
    stranger.publish('osm.req.planner.start', 'this is no JSON');
    await stranger.flush();
    await stranger.close();
    expect(await running.asker.ask('planner.start', payload)).toEqual({ position: 2 });
  });

  it('is answered again when the server was away', async () => {
    await nats.kill();
    await nats.start();
    const answered = () =>
      running.asker.ask('planner.start', payload).then(
        () => true,
        () => false,
      );
    await until('requests are answered again', answered);
  });

  it('is answered although the process that has it is told to stop', async () => {
    const other = await boot(await openTestPorts({ settings: { eventLog: nats.url } }), [], { quiet: true });
    const asked = other.asker.ask('planner.resume', payload);
    await until('it has arrived', () => slow.asked);
    const closing = running.close();
    slow.answer.resolve();
    expect(await asked).toEqual({ position: 1 });
    await closing;
    await expect(other.asker.ask('planner.start', payload)).rejects.toMatchObject({ code: 'nobody-answers' });
    await other.close();
  });
});

describe('a controller', () => {
  it('keeps the types of its parameters at run time, by which Nest knows what to give it', () => {
    expect(Reflect.getMetadata('design:paramtypes', EchoController)).toEqual([Ports]);
  });
});

describe('how requests reach NATS', () => {
  it('uses every server, the user and the password of the address', async () => {
    const options = await natsOptions(testSettings({ eventLog: 'tls://ann:p%40ss@one:4222, tls://two:4223' }));
    expect(options).toMatchObject({ servers: ['one:4222', 'two:4223'], user: 'ann', pass: 'p@ss', tls: {} });
    expect(await natsOptions(testSettings({ eventLog: 'nats://secret@one' }))).toMatchObject({ token: 'secret' });
  });

  it('says which credentials cannot be read', async () => {
    const settings = testSettings({ eventLog: 'nats://one', natsCredentials: 'no-such-file.creds' });
    await expect(natsOptions(settings)).rejects.toMatchObject({
      code: 'unreadable-credentials',
      message: expect.stringContaining('no-such-file.creds'),
    });
  });
});
