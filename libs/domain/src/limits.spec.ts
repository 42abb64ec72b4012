import type { LimitsEvent } from '@osm/contracts';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import { limits, limitThatCounts, type Limit } from './limits.ts';

const given = (...events: readonly LimitsEvent[]) => givenOf(limits, ...events);
const changed = (bandwidth: Limit, transfers: Limit): LimitsEvent => ({
  type: 'LimitsChanged',
  data: { bandwidth, transfers, by: 'ann' },
});

describe('the limits', () => {
  it('are changed one by one: the other one stays', () => {
    given().when({ type: 'ChangeLimits', bandwidth: 50_000_000, by: 'ann' }).then(changed(50_000_000, 'configured'));
    given(changed(50_000_000, 'configured'))
      .when({ type: 'ChangeLimits', transfers: 2, by: 'ann' })
      .then(changed(50_000_000, 2));
  });

  it('are not written where nothing changes', () => {
    given().when({ type: 'ChangeLimits', by: 'ann' }).then();
    given(changed('none', 2)).when({ type: 'ChangeLimits', bandwidth: 'none', transfers: 2, by: 'bob' }).then();
  });

  it('keep the reason where there is one', () => {
    given()
      .when({ type: 'ChangeLimits', bandwidth: 'none', by: 'ann', reason: 'night' })
      .then({
        type: 'LimitsChanged',
        data: { bandwidth: 'none', transfers: 'configured', by: 'ann', reason: 'night' },
      });
  });

  it('go before the configuration, and give way to it again', () => {
    expect(limitThatCounts(5, 8)).toBe(5);
    expect(limitThatCounts('none', 8)).toBeUndefined();
    expect(limitThatCounts('configured', 8)).toBe(8);
    expect(limitThatCounts('configured', undefined)).toBeUndefined();
  });
});
