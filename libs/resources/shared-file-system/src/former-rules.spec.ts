import { describe, expect, it } from 'vitest';
import type { Rule } from './access-rules.ts';
import {
  formerRule,
  formerRules,
  lowered,
  recordedRules,
  recordOf,
  withdrawnBy,
  withoutRecord,
} from './former-rules.ts';

const rule = (access_to: string, metadata: Rule['metadata'] = {}): Rule => ({
  ...{ access_type: 'ip', access_to, access_level: 'rw', metadata },
});

describe('a rule whose write access is withdrawn', () => {
  it('lets its client read, says for whom, and remembers what it was', () => {
    const before = rule('10.0.0.0/8', { why: 'k' });
    const now = lowered(before, 'osm-1');
    expect([now.access_level, withdrawnBy(now), now.metadata['why']]).toEqual(['ro', 'osm-1', 'k']);
    expect(formerRule(now)).toEqual(before);
    expect(formerRule(before)).toBe(before);
  });
});

describe('the record of rules in a share’s metadata', () => {
  it('holds whatever a rule may have, in pieces that Manila takes', () => {
    const many = Array.from({ length: 40 }, (_, n) => rule(`10.0.0.${n}`, { why: '☃ "quoted" '.repeat(20) }));
    const record = recordOf(many);
    expect(Object.keys(record).length).toBeGreaterThan(10);
    for (const text of Object.values(record)) expect(text).toMatch(/^[\x20-\x7e]{1,1000}$/);
    expect(recordedRules({ app: 'shop', ...record })).toEqual(many);
    expect(withoutRecord({ app: 'shop', ...record })).toEqual({ app: 'shop' });
  });

  it('that is not whole is none: rules are withdrawn only after it', () => {
    const { osm_access_0: first } = recordOf([rule('10.0.0.1', { why: 'x'.repeat(2000) })]);
    expect(recordedRules({ osm_access_0: first ?? '' })).toEqual([]);
    expect(recordedRules({ app: 'shop' })).toEqual([]);
  });

  it('stands for rules that are missing, and goes before those that are there', () => {
    const [a, b, c] = [rule('10.0.0.1'), rule('10.0.0.2', { why: 'k' }), rule('10.0.0.3')];
    expect(formerRules([lowered(a, 'osm-1'), c], [a, b])).toEqual([a, c, b]);
  });
});
