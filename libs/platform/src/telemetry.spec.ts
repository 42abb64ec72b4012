import { describe, expect, it } from 'vitest';
import { localTelemetry, type Listener } from './telemetry.ts';

const step = { planId: 'p', stepId: 's' };
const since = new Date(0);

const listener = () => {
  const heard: unknown[] = [];
  const to: Listener = {
    moved: ({ bytes }) => heard.push(`moved ${bytes}`),
    waiting: ({ what }) => heard.push(`waits for ${what}`),
    ended: () => heard.push('ended'),
  };
  return { heard, to };
};

describe('telemetry within a process', () => {
  it('tells whoever comes later how each step stands', () => {
    const telemetry = localTelemetry();
    telemetry.moved({ ...step, bytes: 1, total: 2 });
    telemetry.waiting({ ...step, what: 'a place', since, until: undefined });
    telemetry.moved({ planId: 'p', stepId: 't', bytes: 7, total: undefined });
    const { heard, to } = listener();
    const deaf = telemetry.listen(to);
    expect(heard).toEqual(['waits for a place', 'moved 7']);
    telemetry.ended({ ...step, again: undefined });
    deaf();
    telemetry.moved({ ...step, bytes: 2, total: 2 });
    expect(heard).toEqual(['waits for a place', 'moved 7', 'ended']);
  });

  it('forgets what has ended', () => {
    const telemetry = localTelemetry();
    telemetry.moved({ ...step, bytes: 1, total: 2 });
    telemetry.ended({ ...step, again: undefined });
    const { heard, to } = listener();
    telemetry.listen(to);
    expect(heard).toEqual([]);
  });
});
