import type { PlanStep } from '@osm/contracts';
import { describe, expect, it } from 'vitest';
import { sections } from './sections.ts';

const step = (id: string, needs: readonly string[] = []): PlanStep => ({
  id,
  ref: { type: 'network', id },
  name: 'net ☃',
  step: 'create',
  service: 'network',
  needs: [...needs],
  always: false,
});

describe('sections', () => {
  it('hold all steps in their order, each within its limit', () => {
    const steps = Array.from({ length: 100 }, (_, at) => step(`n${at}`));
    const made = sections(steps, 1_000);
    expect(made.flat()).toEqual(steps);
    expect(made.length).toBeGreaterThan(10);
    for (const section of made) expect(Buffer.byteLength(JSON.stringify(section))).toBeLessThanOrEqual(1_001);
  });

  it('spread the needs of a step that waits for more than fits', () => {
    const needs = Array.from({ length: 100 }, (_, at) => `network/${at}/create`);
    const made = sections([step('a'), step('end', needs)], 1_000);
    const parts = made.flat().filter(({ id }) => id === 'end');
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.flatMap((part) => part.needs)).toEqual(needs);
    for (const section of made) expect(Buffer.byteLength(JSON.stringify(section))).toBeLessThanOrEqual(1_001);
  });

  it('are none where there are no steps', () => {
    expect(sections([])).toEqual([]);
  });
});
