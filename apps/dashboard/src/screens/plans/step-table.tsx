import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Plan, PlanStep } from '@osm/api-client';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { resourceKey } from './plan-graph.ts';
import classes from './plans.module.css';

interface Properties {
  readonly plan: Plan;
  readonly chosen: string | undefined;
  readonly onOpen: (step: PlanStep) => void;
}

const statuses = ['waiting', 'dispatched', 'succeeded', 'failed', 'skipped'] as const;

/** All steps of a plan, in the order of the draft: what the graph shows, in words, and all of it. */
export const StepTable = ({ plan, chosen, onOpen }: Properties) => {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const [status, setStatus] = useState<PlanStep['status']>();
  const query = { ...(q === '' ? {} : { q }), ...(status === undefined ? {} : { status }) };
  const pages = usePages('registry.step-page', { path: { planId: plan.plan_id }, query });
  const isStale = useHasChanged(/^Step(Dispatched|Settled)$/, pages);
  const isAll = q === '' && status === undefined;
  return (
    <section className={classes['steps']} aria-label="steps">
      <div className={classes['bar']}>
        <TextInput
          type="search"
          aria-label="search steps by name or id"
          placeholder="Name or id"
          leftSection={<IconSearch size={15} aria-hidden />}
          value={typed}
          onChange={({ currentTarget: { value } }) => setTyped(value)}
        />
        <NativeSelect
          aria-label="state of the steps"
          data={[{ value: '', label: 'all states' }, ...statuses]}
          value={status ?? ''}
          onChange={({ currentTarget: { value } }) => setStatus(statuses.find((each) => each === value))}
        />
      </div>
      <KeysetTable
        key={JSON.stringify(query)}
        label="steps of the plan"
        columns={columns}
        pages={pages}
        rowKey={({ step_id: id }) => id}
        onOpen={onOpen}
        isOpen={(step) => resourceKey(step) === chosen}
        total={isAll ? plan.steps : undefined}
        isStale={isStale}
        empty={<EmptyState title="No step fits">Look for another name, or for steps of all states.</EmptyState>}
      />
    </section>
  );
};

const columns: readonly Column<PlanStep>[] = [
  { key: 'status', header: 'State', width: '7rem', cell: ({ status }) => <StateBadge state={status} /> },
  { key: 'step', header: 'Step', width: '6rem', cell: ({ step }) => step },
  { key: 'type', header: 'Kind', width: 'minmax(7rem, 10rem)', cell: ({ resource_type: type }) => type },
  {
    key: 'name',
    header: 'Name',
    width: 'minmax(9rem, 3fr)',
    cell: ({ name, source_id: id }) =>
      name === null || name === '' ? <span className="page-mono page-dim">{id}</span> : name,
  },
  { key: 'service', header: 'Done by', width: 'minmax(6rem, 9rem)', cell: ({ service }) => service },
  {
    key: 'needs',
    header: 'After',
    width: 'minmax(8rem, 2fr)',
    cell: ({ needs }) =>
      needs.length === 0 ? (
        <span className="page-dim">at once</span>
      ) : (
        <span title={needs.join('\n')}>{afterWords(needs)}</span>
      ),
  },
  {
    key: 'note',
    header: 'Note',
    width: 'minmax(6rem, 2fr)',
    cell: ({ failure, because, skipped_by: by, skip_reason: reason }) => {
      if (failure !== null) return <span title={failure.remedy}>{failure.message}</span>;
      if (by !== null) return `${by} does without it: ${reason ?? ''}`;
      return because === null ? '' : `because of ${because}`;
    },
  },
];

/** `2 network, 1 project`: the ids stand in the title. */
const afterWords = (needs: readonly string[]): string =>
  [...Map.groupBy(needs, (need) => `${need.slice(0, need.indexOf('/'))} ${need.slice(need.lastIndexOf('/') + 1)}`)]
    .map(([what, each]) => (each.length === 1 ? what : `${each.length} × ${what}`))
    .join(', ');
