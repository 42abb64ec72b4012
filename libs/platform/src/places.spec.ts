import { describe, expect, it } from 'vitest';
import { openPlaces, type Place, type PlaceOrder, type Places } from './places.ts';

const old: Place = { kind: 'cloud', name: 'old' };
const young: Place = { kind: 'cloud', name: 'young' };
const ssd: Place = { kind: 'backend', name: 'volume type ssd of old' };

/** A queue whose users are known by a letter. */
const opened = (perCloud: number | undefined, perBackend?: number) => {
  const places: Places = openPlaces();
  places.limit('cloud', perCloud);
  places.limit('backend', perBackend);
  const running: string[] = [];
  const said: string[] = [];
  const leave = new Map<string, () => void>();
  const ask = async (who: string, of: readonly Place[], order: Partial<PlaceOrder> = {}): Promise<void> => {
    const { signal = new AbortController().signal, priority = 'normal' } = order;
    const waiting = (what: string): void => void said.push(`${who}: ${what}`);
    leave.set(who, await places.take({ places: of, priority, signal, waiting }));
    running.push(who);
  };
  const leaves = async (who: string): Promise<void> => {
    leave.get(who)?.();
    running.splice(running.indexOf(who), 1);
    await settled();
  };
  return { places, running, said, ask, leaves };
};

/** Lets everything run that is ready to. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

describe('places', () => {
  it('are any number where there is no limit', async () => {
    const { ask, running } = opened(undefined);
    await Promise.all(['a', 'b', 'c'].map((who) => ask(who, [old, young])));
    expect(running).toEqual(['a', 'b', 'c']);
  });

  it('are as many as allowed for each cloud, and say what is waited for', async () => {
    const { ask, leaves, running, said } = opened(2);
    for (const who of ['a', 'b', 'c']) void ask(who, [old, young]);
    await settled();
    expect(running).toEqual(['a', 'b']);
    expect(said).toEqual(['c: a place: 2 transfers with cloud old are running']);
    await leaves('a');
    expect(running).toEqual(['b', 'c']);
  });

  it('go to the highest priority first, then to who came first', async () => {
    const { ask, leaves, running } = opened(1);
    void ask('first', [old]);
    void ask('low', [old], { priority: 'low' });
    void ask('normal', [old]);
    void ask('high', [old], { priority: 'high' });
    void ask('normal too', [old]);
    await settled();
    const order: string[] = [];
    for (let left = 5; left > 0; left--) {
      const [who = ''] = running;
      order.push(who);
      await leaves(who);
    }
    expect(order).toEqual(['first', 'high', 'normal', 'normal too', 'low']);
  });

  it('are taken all at once: who waits for a backend holds no place of a cloud', async () => {
    const { ask, running } = opened(2, 1);
    for (const who of ['a', 'b']) void ask(who, [old, ssd]);
    void ask('c', [old]);
    await settled();
    expect(running).toEqual(['a', 'c']);
  });

  it('never stand still where everybody wants two of them, in any order', async () => {
    const { ask, leaves, running } = opened(1);
    const all = Array.from({ length: 20 }, (_, at) => ask(`s${at}`, at % 2 === 0 ? [old, young] : [young, old]));
    let most = 0;
    for (let left = 20; left > 0; left--) {
      await settled();
      most = Math.max(most, running.length);
      await leaves(running[0] ?? '');
    }
    await Promise.all(all);
    expect(most).toBe(1);
  });

  it('count one cloud at both ends once', async () => {
    const { ask, running } = opened(1);
    void ask('a', [old, old]);
    await settled();
    expect(running).toEqual(['a']);
  });

  it('are given back once, however often', async () => {
    const { places } = opened(1);
    const order: PlaceOrder = {
      places: [old],
      priority: 'normal',
      signal: new AbortController().signal,
      waiting: () => undefined,
    };
    const leave = await places.take(order);
    leave();
    leave();
    await places.take(order);
    let third = false;
    void places.take(order).then(() => (third = true));
    await settled();
    expect(third).toBe(false);
  });

  it('are more at once when the limit is raised, and fewer as they are given back when it is lowered', async () => {
    const { ask, leaves, places, running } = opened(1);
    for (const who of ['a', 'b', 'c', 'd']) void ask(who, [old]);
    await settled();
    places.limit('cloud', 3);
    await settled();
    expect(running).toEqual(['a', 'b', 'c']);
    places.limit('cloud', 1);
    await leaves('a');
    await leaves('b');
    expect(running).toEqual(['c']);
    await leaves('c');
    expect(running).toEqual(['d']);
  });

  it('are not waited for by who is told to stop', async () => {
    const { ask, leaves, running } = opened(1);
    const stop = new AbortController();
    void ask('a', [old]);
    const b = ask('b', [old], { signal: stop.signal });
    void ask('c', [old]);
    stop.abort(new Error('told to stop'));
    await expect(b).rejects.toThrow('told to stop');
    await expect(ask('d', [old], { signal: stop.signal })).rejects.toThrow('told to stop');
    await leaves('a');
    expect(running).toEqual(['c']);
  });
});
