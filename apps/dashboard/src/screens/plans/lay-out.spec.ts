import { expect, it } from 'vitest';
import { drawing } from './drawing.ts';
import { boxSize, layOut } from './lay-out.ts';
import { planGraph } from './plan-graph.ts';
import { planStep } from './plan-step.fixture.ts';

it('puts what is needed at the left of what needs it, and no box upon another', () => {
  const steps = [
    planStep('project/p', 'create'),
    planStep('network/n', 'create', ['project/p/create']),
    planStep('router/r', 'create', ['project/p/create']),
    planStep('port/o', 'create', ['network/n/create', 'router/r/create']),
  ];
  const places = layOut(drawing(planGraph(steps), 10));
  const x = (key: string): number => places.get(key)?.x ?? Number.NaN;
  expect(x('project/p')).toBeLessThan(x('network/n'));
  expect(x('network/n')).toBeLessThan(x('port/o'));
  const [a, b] = [places.get('network/n'), places.get('router/r')];
  expect(a?.x).toBe(b?.x);
  expect(Math.abs((a?.y ?? 0) - (b?.y ?? 0))).toBeGreaterThanOrEqual(boxSize.height);
});
