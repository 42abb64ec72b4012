import { expect, it } from 'vitest';
import { connectNats } from './connect-nats.ts';

it.each([
  'nats://192.0.2.1:4222',
  'nats://events.example:4222',
  'tls://events.example',
  'nats://127.0.0.1,nats://192.0.2.1',
])('nobody asks a server that others can reach without saying who they are: %s', async (servers) => {
  await expect(connectNats({ servers, name: 'test' })).rejects.toMatchObject({
    code: 'event-log-open',
    remedy: expect.stringContaining('nats_credentials'),
  });
});

it('an address that cannot be read is told without its password', async () => {
  const refusal = connectNats({ servers: 'nats//ann:Secret-1@host', name: 'test' });
  await expect(refusal).rejects.toThrow(/host as the address/);
  await expect(refusal).rejects.not.toThrow(/Secret-1/);
});
