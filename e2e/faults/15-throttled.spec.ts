import { cloudConfig, openCloud } from '@osm/openstack';
import type { FakeCloud, RateCount } from '@osm/testing/fake-openstack';
import { atFullRate } from '../bench/at-full-rate.ts';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongEmbedded } from './oracle.ts';
import { openScene } from './stage.ts';
import { startShop } from './start-shop.ts';

const limited = ['network', 'identity', 'image'] as const;

describeFault({
  id: 15,
  fault:
    'the destination refuses what is above its rate, with 429 and with 503, and says in seconds or as a date when to come back',
  expected:
    'nobody comes back too soon; the plan ends whole; at 50 requests per second 95 % are used and 1 % at most refused',
  run: async () => {
    await using scene = await openScene();
    const { destination } = scene.clouds;
    const fake = fakeOf(destination);
    const whole = cloudConfig('new', { ...fake.adminCloudsYamlEntry }, { file: 'row', home: '/' });
    const cloud = openCloud('new', whole);
    fake.rates.limit('network', { perSecond: 50 });
    const count = () => Promise.resolve(countOf(fake, 'network'));
    const rate = { perSecond: 50, settleSeconds: 8, seconds: 30, count };
    const steady = await atFullRate(cloud, rate).finally(cloud.close);
    const share = `${(steady.used * 100).toFixed(1)} % used, ${(steady.refused * 100).toFixed(2)} % refused`;
    if (steady.used < 0.95 || steady.refused > 0.01 || steady.tooSoon > 0)
      throw new Error(`${share}, ${steady.tooSoon} too soon`);

    fake.rates.limit('network', { perSecond: 4, burst: 2 });
    fake.rates.limit('identity', { perSecond: 4, burst: 2, status: 503, asDate: true });
    fake.rates.limit('image', { perSecond: 4, burst: 2, asDate: true });
    const { code, output } = await startShop(scene, scene.configure('embedded:'));
    const counts = limited.map((service) => ({ service, ...countOf(fake, service) }));
    for (const service of limited) fake.rates.lift(service);
    if (code !== 0) throw new Error(`start ended with ${code}:\n${output}`);
    mustHold(await wrongEmbedded(scene, scene.configure('embedded:')));
    const said = counts.map((each) => `${each.service} ${each.taken}/${each.refused}/${each.tooSoon}`).join(', ');
    if (counts.some(({ refused, tooSoon }) => refused === 0 || tooSoon > 0)) {
      throw new Error(`taken/refused/too soon: ${said}`);
    }
    return `${share} of 50/s; a shop through a storm (taken/refused/too soon): ${said}`;
  },
});

const countOf = (fake: FakeCloud, service: string): RateCount => {
  const count = fake.rates.count(service);
  if (count === undefined) throw new Error(`the ${service} service has no limit`);
  return count;
};
