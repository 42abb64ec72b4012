import { CloseButton } from '@mantine/core';
import type { Plan } from '@osm/api-client';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import type { PlanGraph, PlanResource } from './plan-graph.ts';
import classes from './plans.module.css';
import { whyHere } from './why-here.ts';

interface Properties {
  readonly graph: PlanGraph;
  readonly roots: ReadonlySet<string>;
  readonly plan: Plan;
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
  readonly onClose: () => void;
}

/** How many names of a list are shown at once. */
const named = 8;

/** One resource of a plan: why it is there, what it stands on, and what is done for it. */
export const ResourceInPlan = ({ graph, roots, plan, chosen, onChoose, onClose }: Properties) => {
  const resource = graph.get(chosen);
  if (resource === undefined) {
    return (
      <Panel title={chosen} actions={<CloseButton size="sm" aria-label="close" onClick={onClose} />}>
        <div className={classes['small']}>
          It is not among the steps that the graph knows, or not in the plan at all.
        </div>
      </Panel>
    );
  }
  const links = { graph, onChoose };
  const findings = plan.findings.filter(({ ref }) => ref?.type === resource.type && ref.id === resource.id);
  return (
    <Panel
      title={`${resource.type} ${nameOf(resource)}`}
      beside={<StateBadge state={resource.status} />}
      actions={<CloseButton size="sm" aria-label="close" onClick={onClose} />}
    >
      <Facts
        facts={[
          ['Id', <CopyableId of={resource.type} id={resource.id} />],
          ['Why here', <Why {...links} roots={roots} resource={resource} />],
          ['Stands on', resource.needs.length === 0 ? 'nothing' : <Names {...links} keys={resource.needs} />],
          ['Needed by', resource.neededBy.length === 0 ? 'nothing' : <Names {...links} keys={resource.neededBy} />],
        ]}
      />
      <ol className={classes['history']} aria-label="its steps">
        {resource.steps.map(({ step_id: id, step, service, status, failure, skip_reason: reason, because }) => (
          <li key={id}>
            <span>{step}</span>
            <span className="page-dim">{service}</span>
            <StateBadge state={status} />
            {failure !== null && <div>{`${failure.message}. ${failure.remedy}`}</div>}
            {because !== null && <div className="page-dim">because of {because}</div>}
            {reason !== null && <q>{reason}</q>}
          </li>
        ))}
      </ol>
      {findings.map(({ code, severity, message, remedy }) => (
        <div key={`${code} ${message}`} className={classes['small']}>
          <StateBadge state={severity} /> {message} <span className="page-dim">{remedy}</span>
        </div>
      ))}
    </Panel>
  );
};

const nameOf = ({ name, id }: PlanResource): string => (name === null || name === '' ? id.slice(0, 8) : name);

interface Links {
  readonly graph: PlanGraph;
  readonly onChoose: (key: string) => void;
}

const Why = ({
  roots,
  resource,
  ...links
}: Links & { readonly roots: ReadonlySet<string>; readonly resource: PlanResource }) => {
  const { isChosen, path } = whyHere(links.graph, roots, resource.key);
  if (isChosen) return 'somebody chose it';
  const [, next, ...rest] = path;
  if (next === undefined) return 'the graph does not tell';
  const last = path.at(-1) ?? next;
  const word = resource.neededBy.includes(next) ? 'needed by' : 'lives in';
  return (
    <>
      {word} <Names {...links} keys={[next]} />
      {rest.length > 0 && (
        <>
          {', and so for '}
          <Names {...links} keys={[last]} />
        </>
      )}
      , which somebody chose
    </>
  );
};

const Names = ({ graph, onChoose, keys }: Links & { readonly keys: readonly string[] }) => (
  <span className={classes['names']}>
    {keys.slice(0, named).map((key) => {
      const resource = graph.get(key);
      return (
        <button key={key} type="button" className={classes['link']} onClick={() => onChoose(key)}>
          {resource === undefined ? key : `${resource.type} ${nameOf(resource)}`}
        </button>
      );
    })}
    {keys.length > named && <span className="page-dim">and {keys.length - named} more</span>}
  </span>
);
