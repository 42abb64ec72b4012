import { encodeToken, type JsonObject } from '@osm/kernel';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { sampleEvent } from '../sample-event.ts';
import { gather } from '../until.ts';

const subject = 'osm.evt.plan.1';

const values: JsonObject = {
  no: false,
  zero: 0,
  text: '',
  nothing: null,
  list: [],
  object: {},
  nested: { b: [1, { c: null }], a: 'Données ☃ 😀 \u0000 \n "' },
  big: 9007199254740991,
};

export const fidelityLaws = (open: Open): void => {
  it(
    'gives back what was written, value for value',
    withOpened(open, async ({ log }) => {
      const event = sampleEvent(values, {
        version: 3,
        correlation: 'plan-1',
        causation: 'event 1',
        actor: 'Zoë "Z" <zoe@example.org>, 100 % sure\r\nNats-Msg-Id: other',
        producer: 'openstack-migrate/0.1.0',
      });
      const position = await log.append(subject, 0, [event]);
      expect(await log.load(subject)).toEqual([{ ...event, subject, position }]);
      expect(await gather(log.read())).toEqual([{ ...event, subject, position }]);
    }),
  );

  it(
    'leaves absent what was absent, and keeps the empty text',
    withOpened(open, async ({ log }) => {
      const last = await log.append(subject, 0, [sampleEvent()]);
      await log.append(subject, last, [sampleEvent({}, { actor: '' })]);
      const [bare, empty] = await log.load(subject);
      expect(Object.keys(bare ?? {})).not.toContain('actor');
      expect(Object.keys(bare ?? {})).not.toContain('correlation');
      expect(empty?.actor).toBe('');
    }),
  );

  it.each(['', 'a.b', '*', '>', 'a b', 'https://x/y?z=1&q=é', 'Données ☃', '='.repeat(40), 'x'.repeat(250)])(
    'takes the id %j as part of a subject',
    async (id) =>
      withOpened(open, async ({ log }) => {
        const odd = `osm.evt.inventory.cloud.network.${encodeToken(id)}`;
        const position = await log.append(odd, 0, [sampleEvent({ id })]);
        await log.append(odd, position, [sampleEvent({ id, again: true })]);
        expect((await log.load(odd)).map(({ data }) => data['id'])).toEqual([id, id]);
        expect(await gather(log.read({ filter: 'osm.evt.inventory.cloud.network.>' }))).toHaveLength(2);
      })(),
  );

  it(
    'takes events of 200 KiB, several in one append',
    withOpened(open, async ({ log }) => {
      const big = 'x'.repeat(200 * 1024);
      await log.append(
        subject,
        0,
        [1, 2, 3].map((number) => sampleEvent({ number, big })),
      );
      const events = await log.load(subject);
      expect(events.map(({ data }) => data)).toEqual([1, 2, 3].map((number) => ({ number, big })));
      expect(await gather(log.read())).toHaveLength(3);
    }),
  );

  it(
    'refuses a larger event than the limit, with its code, before anything is written',
    withOpened(open, async ({ log }) => {
      const events = [sampleEvent(), sampleEvent({ big: 'é'.repeat(125 * 1024) })];
      await expect(log.append(subject, 0, events)).rejects.toMatchObject({ code: 'event-too-large' });
      expect(await log.load(subject)).toEqual([]);
    }),
  );
};
