import type { InventoryEvent } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import { inventory, type Observation } from './inventory.ts';

const given = (...events: readonly InventoryEvent[]) => givenOf(inventory, ...events);
const data = (fingerprint: string): Observation => ({
  scanId: 's1',
  name: 'net',
  projectId: null,
  attributes: { id: '1', admin_state_up: false },
  fingerprint,
  needs: [],
  parents: [],
  links: [],
  unknown: [],
});
const observed = (fingerprint: string): InventoryEvent => ({ type: 'ResourceObserved', data: data(fingerprint) });
const vanished: InventoryEvent = { type: 'ResourceVanished', data: { scanId: 's2', lastFingerprint: 'a' } };

describe('the inventory', () => {
  it('writes an observation only if something changed', () => {
    given()
      .when({ type: 'Observe', ...data('a') })
      .then(observed('a'));
    given(observed('a'))
      .when({ type: 'Observe', ...data('a'), scanId: 's2' })
      .then();
    given(observed('a'))
      .when({ type: 'Observe', ...data('b') })
      .then(observed('b'));
  });

  it('writes that a resource vanished once', () => {
    given(observed('a')).when({ type: 'Vanish', scanId: 's2' }).then(vanished);
    given(observed('a'), vanished).when({ type: 'Vanish', scanId: 's3' }).then();
    given().when({ type: 'Vanish', scanId: 's1' }).then();
  });

  it('sees a resource again that had vanished, though it is unchanged', () => {
    const history = given(observed('a'), vanished);
    history.when({ type: 'Observe', ...data('a') }).then(observed('a'));
    expect(history.after({ type: 'Observe', ...data('a') }).state.vanished).toBe(false);
  });
});
