import { describe, expect, it } from 'vitest';
import { buildSimulation, mutated } from './simulation.mjs';
import { huntAll, mutants, playAll, traceOf, type Hunted, type Played } from './simulate.mjs';

/** Seeds within which a bug must be noticed; counted, not timed, so that a busy machine changes nothing. */
const budget = 800;

describe('the simulated system', () => {
  it('keeps all that must be true, whatever goes wrong', { timeout: 600_000 }, async () => {
    const played: Played[] = [];
    await playAll(await buildSimulation(), 1, 200, (one) => played.push(one));
    expect(played.flatMap(({ seed, violations }) => violations.map((what) => `seed ${seed}: ${what}`))).toEqual([]);
    expect(played).toHaveLength(200);
  });

  it('plays a seed the same way every time, to the byte', { timeout: 120_000 }, async () => {
    const file = await buildSimulation();
    const [first, second] = [await traceOf(file, 7), await traceOf(file, 7)];
    expect(first.length).toBeGreaterThan(100);
    expect(first.slice(0, -1)).toEqual(second.slice(0, -1));
  });
});

describe('the bugs on purpose', () => {
  it('are all noticed', { timeout: 1_200_000 }, async () => {
    const hunted: Hunted[] = [];
    await huntAll(mutants, 1, budget, (one) => hunted.push(one));
    expect(hunted.filter(({ caught }) => !caught).map(({ bug }) => bug)).toEqual([]);
    expect(hunted).toHaveLength(mutants.length);
  });

  it('fail the run where their text has moved on', () => {
    const mutant = { name: 'gone', file: 'a.ts', find: 'b', replace: 'c', why: 'd' };
    expect(() => mutated(mutant, 'a')).toThrow('stands 0 times');
    expect(() => mutated(mutant, 'b b')).toThrow('stands 2 times');
    expect(mutated(mutant, 'a b')).toBe('a c');
  });
});
