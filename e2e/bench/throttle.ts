import { cloudConfig, openCloud } from '@osm/openstack';
import { spread } from '@osm/testing/bench-figures';
import type { RateCount } from '@osm/testing/fake-openstack';
import { atFullRate } from './at-full-rate.ts';
import { bounds, type Bench } from './bench.ts';
import { startCloud } from './start-clouds.ts';

/** How much of what a cloud allows is used, and how much of it is refused. */
export const throttle: Bench = {
  name: 'throttle',
  summary: 'requests against a cloud that allows 50 a second: the part that is used, and the part that is refused',
  run: async ({ rounds, tell }) => {
    const fake = await startCloud({ name: 'limited', release: 'epoxy', networkType: 'geneve', latencyMs: 20 });
    const rates = `${fake.url}/__fake/rates?service=network`;
    const count = async (): Promise<RateCount> => (await (await fetch(rates)).json()) as RateCount;
    const all = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        // A new one each time: it knows nothing of the rate.
        const cloud = openCloud('limited', cloudConfig('limited', { ...fake.entry }, { file: 'bench', home: '/' }));
        try {
          await fetch(rates, { method: 'POST', body: JSON.stringify({ perSecond: 50 }) });
          const got = await atFullRate(cloud, { perSecond: 50, settleSeconds: 5, seconds: 40, count });
          tell(`${round + 1}: ${(got.used * 100).toFixed(1)} % used, ${(got.refused * 100).toFixed(2)} % refused`);
          all.push(got);
        } finally {
          cloud.close();
        }
      }
    } finally {
      await fake.end();
    }
    const used = spread(all.map((each) => each.used));
    const refused = spread(all.map((each) => each.refused));
    const keys = { used: used.median, refused: refused.median, tooSoon: Math.max(...all.map((each) => each.tooSoon)) };
    const missed = bounds(
      { key: 'used', value: keys.used, least: 0.95 },
      { key: 'refused', value: keys.refused, most: 0.01 },
      { key: 'tooSoon', value: keys.tooSoon, most: 0 },
    );
    return { sides: { limited: { used, refused } }, keys, missed };
  },
};
