import type { Plan } from '@osm/api-client';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './plans.module.css';
import type { PlanAct } from './plan-events.ts';

interface Properties {
  readonly plan: Plan;
  readonly history: readonly PlanAct[];
}

/** What a plan is of, and who has done what with it. */
export const PlanFacts = ({ plan, history }: Properties) => (
  <Panel title="The plan">
    <Facts
      facts={[
        ['For', plan.intent === 'migrate' ? 'migrate' : <StateBadge state="warning" word={intents[plan.intent]} />],
        [
          'Originals',
          plan.clean_up === 'after-migration' ? <StateBadge state="warning" word="removed at the end" /> : undefined,
        ],
        ['From, to', `${plan.source_cloud} → ${plan.destination_cloud}`],
        ['Resources', <span className="page-numbers">{plan.resources.toLocaleString('en')}</span>],
        ['Steps', <span className="page-numbers">{stepWords(plan)}</span>],
        ['Digest', plan.digest === null ? undefined : <CopyableId of="digest" id={plan.digest} short />],
        ['Approved', plan.approved_by === null ? 'by nobody yet' : `by ${plan.approved_by}`],
        [
          'Second',
          plan.needs_second
            ? plan.seconded_by === null
              ? 'another person has to agree'
              : `by ${plan.seconded_by}`
            : undefined,
        ],
      ]}
    />
    {history.length > 0 && (
      <ol className={classes['history']} aria-label="who did what">
        {history.map(({ id, what, by, reason, at }) => (
          <li key={id}>
            <span>
              {what}
              {by === undefined ? '' : ` by ${by}`}
            </span>
            <span className="page-dim">
              <RelativeTime at={at} />
            </span>
            {reason !== undefined && <q>{reason}</q>}
          </li>
        ))}
      </ol>
    )}
  </Panel>
);

const intents = { remove: 'remove originals', 'roll-back': 'roll back: delete twins' } as const;

const stepWords = ({ steps, succeeded, failed, skipped }: Plan): string => {
  const settled = succeeded + failed + skipped;
  return settled === 0
    ? steps.toLocaleString('en')
    : `${succeeded.toLocaleString('en')} of ${steps.toLocaleString('en')} done, ${failed} failed, ${skipped} skipped`;
};
