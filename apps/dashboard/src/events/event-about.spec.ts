import { describe, expect, it } from 'vitest';
import { eventAbout } from './event-about.ts';

describe('what an event is about', () => {
  it('is the resource of a migration, and the clouds between which it goes', () => {
    expect(eventAbout('osm.evt.migration.old=2Ecloud--new.volume.a1=2Fb')).toEqual({
      ...{ kind: 'migration', what: 'volume', id: 'a1/b', where: 'old.cloud → new' },
      to: '/resources?of=volume%2Fa1%2Fb',
    });
  });

  it('is what a scan has seen in one cloud', () => {
    expect(eventAbout('osm.evt.inventory.old.key-pair.sch=C3=B6n')).toMatchObject({
      ...{ kind: 'inventory', what: 'key-pair', id: 'schön', where: 'old' },
    });
  });

  it('is a plan, which has a screen', () => {
    expect(eventAbout('osm.evt.plan.0b7f')).toMatchObject({ what: 'plan', id: '0b7f', to: '/plans/0b7f' });
  });

  it.each(['limits', 'access'])('is the one thing of its kind: %s', (kind) => {
    expect(eventAbout(`osm.evt.${kind}`)).toMatchObject({ kind, what: kind, id: undefined });
  });

  it('is whatever a newer version writes of', () => {
    expect(eventAbout('osm.evt.weather.today')).toMatchObject({ kind: 'other', what: 'osm.evt.weather.today' });
  });
});
