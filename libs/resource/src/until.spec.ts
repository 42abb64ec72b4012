import { Failure, type Clock } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { until } from './until.ts';

const clockFrom = (milliseconds: number): Clock & { readonly slept: number[] } => {
  const slept: number[] = [];
  const now = (): Date => new Date(milliseconds + slept.reduce((sum, each) => sum + each, 0));
  return { slept, now, sleep: (pause) => Promise.resolve(void slept.push(pause)) };
};
const late = (): Failure => new Failure('late', 'cannot wait any longer', { remedy: 'Retry.' });
const patience = (clock: Clock, seconds: number) => ({ clock, seconds, signal: new AbortController().signal });

describe('until', () => {
  it('returns the first answer, false and null included', async () => {
    const answers = [undefined, undefined, null];
    await expect(until(() => Promise.resolve(answers.shift()), patience(clockFrom(0), 60), late)).resolves.toBe(null);
    await expect(until(() => Promise.resolve(false), patience(clockFrom(0), 60), late)).resolves.toBe(false);
  });

  it('asks at intervals that grow from 0.1 to 3 seconds', async () => {
    const clock = clockFrom(0);
    await expect(until(() => Promise.resolve(undefined), patience(clock, 30), late)).rejects.toThrow('any longer');
    expect(clock.slept[0]).toBe(100);
    expect(Math.max(...clock.slept)).toBe(3000);
  });

  it('asks once more when the time is over', async () => {
    const clock = clockFrom(0);
    const ask = (): Promise<string | undefined> => Promise.resolve(clock.now().getTime() > 5000 ? 'there' : undefined);
    await expect(until(ask, patience(clock, 5), late)).resolves.toBe('there');
  });
});
