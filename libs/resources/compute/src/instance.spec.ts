import { describe, expect, it } from 'vitest';
import { instance } from './instance.ts';

/** As Nova of Epoxy words it. */
const refusal = (status: string): string =>
  'cannot POST http://nova/v2.1/servers (compute of new): Invalid volume: Invalid input received: Invalid volume: Volume ' +
  `355e79c3-f9fd-4c6a-9b82-f1c9c76fe2a9 status must be available or in-use or downloading to reserve, but the current status is ${status}. (HTTP 400)`;

describe('a server that shares a volume with another one', () => {
  it('waits while that one takes the volume, and for nothing else', () => {
    expect(instance.busy(refusal('reserved'))).toBe(true);
    expect(instance.busy(refusal('error'))).toBe(false);
    expect(instance.busy('Invalid key_name provided.')).toBe(false);
  });
});
