import { it } from 'vitest';
import { digest } from '@osm/kernel';
import { plan } from './plan.ts';
import type { PlanStep } from '@osm/contracts';
it('perf', () => {
  const t = (l: string, f: () => unknown) => {
    const a = performance.now();
    const r = f();
    console.log(l, Math.round(performance.now() - a));
    return r;
  };
  const steps: PlanStep[] = Array.from({ length: 100000 }, (_, i) => ({
    id: `v/${i}/create`,
    ref: { type: 'v', id: `${i}` },
    name: null,
    step: 'create',
    service: 'network',
    needs: [],
    always: false,
  }));
  steps.push({
    id: 'end',
    ref: { type: 'v', id: 'end' },
    name: null,
    step: 'create',
    service: 'network',
    needs: steps.map((s) => s.id),
    always: false,
  });
  const d = t('digest', () => digest(steps)) as string;
  let s = plan.initial;
  const go = (c: any) => {
    for (const e of plan.decide(c, s)) s = plan.evolve(s, e);
  };
  go({
    type: 'RequestPlan',
    route: { source: 'a', destination: 'b' },
    roots: [],
    include: { needs: true, members: true },
    intent: 'migrate',
    cleanUp: 'never',
    policy: {},
    asOf: 1,
    by: 'x',
  });
  t('sections', () => {
    for (let i = 0; i < 501; i++) go({ type: 'DraftSection', index: i, steps: steps.slice(i * 200, i * 200 + 200) });
  });
  t('finish', () => go({ type: 'FinishDraft', sections: 501, resources: 1, digest: d, findings: [] }));
  go({ type: 'ApprovePlan', digest: d, by: 'x' });
  t('start', () => go({ type: 'StartPlan', by: 'x' }));
  t('hear', () => {
    for (let i = 0; i < 100000; i++)
      go({ type: 'HearOutcome', stepId: `v/${i}/create`, attempt: 1, outcome: 'succeeded' });
  });
  console.log(s.progress.totals, s.status);
});
