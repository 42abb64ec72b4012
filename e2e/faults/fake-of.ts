import type { FakeCloud } from '@osm/testing/fake-openstack';
import type { End } from '@osm/testing/harness';

/** The fake cloud behind an end of a scene: its ledger, its faults. */
export const fakeOf = ({ name, fake }: End): FakeCloud => {
  if (fake === undefined) throw new TypeError(`${name} is no fake cloud`);
  return fake;
};
