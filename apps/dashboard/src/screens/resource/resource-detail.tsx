import { Loader, SegmentedControl } from '@mantine/core';
import type { Mapping, Sides } from '@osm/api-client';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { CommandTwin } from '../../pieces/command-twin.tsx';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { ResourceHistory } from './resource-history.tsx';
import classes from './resource.module.css';
import { equalCount, sideLines } from './side-lines.ts';
import { SidesTable } from './sides-table.tsx';

/** One resource: where it comes from and goes to, field by field; what happened to it; and what clouds have refused. */
export const ResourceDetail = ({ uuid }: { readonly uuid: string }) => {
  const { data, error } = useAsk('registry.sides', [{ path: { uuid } }]);
  if (data === undefined) {
    return (
      <Screen title="Resource">{error === null ? <Loader size="sm" /> : <ProblemNotice problem={error} />}</Screen>
    );
  }
  const { mapping } = data;
  return (
    <Screen
      title={titleOf(mapping)}
      scrolls={false}
      beside={
        <>
          <StateBadge state={mapping.status} />
          {mapping.archived && <StateBadge state="note" word="set aside" />}
        </>
      }
      actions={<CommandTwin command={`show ${mapping.uuid}`} />}
    >
      <div className={classes['detail']}>
        <div className={classes['top']}>
          <Whence mapping={mapping} />
          {mapping.error_message !== null && <p className={classes['trouble']}>{mapping.error_message}</p>}
          {error !== null && <ProblemNotice problem={error} />}
        </div>
        <SideBySide sides={data} />
        <div className={classes['history']} role="region" aria-label="history" tabIndex={0}>
          <ResourceHistory uuid={uuid} />
        </div>
      </div>
    </Screen>
  );
};

const titleOf = ({ resource_type: type, name, source_id: id }: Mapping): string =>
  `${type} ${name === null || name === '' ? id : name}`;

const Whence = ({ mapping }: { readonly mapping: Mapping }) => (
  <dl className={classes['whence']}>
    <div>
      <dt>Original</dt>
      <dd>
        {mapping.source_cloud} <CopyableId of="original" id={mapping.source_id} />
        {mapping.source_removed && <StateBadge state="removed" />}
      </dd>
    </div>
    <div>
      <dt>Twin</dt>
      <dd>
        {mapping.destination_cloud}{' '}
        {mapping.destination_id === null ? (
          <span className="page-dim">none yet</span>
        ) : (
          <CopyableId of="twin" id={mapping.destination_id} />
        )}
        {mapping.how !== null && <span className="page-dim">{mapping.how}</span>}
      </dd>
    </div>
    {mapping.project_id !== null && mapping.project_id !== '' && (
      <div>
        <dt>Project</dt>
        <dd>
          <CopyableId of="project" id={mapping.project_id} />
        </dd>
      </div>
    )}
    {mapping.plan_id !== null && (
      <div>
        <dt>Plan</dt>
        <dd>
          <Link to={`/run/${mapping.plan_id}`} className="page-mono">
            {mapping.plan_id.slice(0, 8)}
          </Link>
        </dd>
      </div>
    )}
    <div>
      <dt>Changed</dt>
      <dd>
        <RelativeTime at={mapping.updated_at} />
      </dd>
    </div>
  </dl>
);

const SideBySide = ({ sides: { attributes, mapping } }: { readonly sides: Sides }) => {
  const [shown, setShown] = useState<'all' | 'others'>('all');
  const equal = equalCount(attributes);
  const lines = sideLines(attributes, shown === 'all');
  return (
    <div className={classes['sides']}>
      <Panel
        title="Field by field"
        beside={
          <span className="page-dim page-numbers">
            {equal} of {attributes.length} equal
          </span>
        }
        actions={
          <SegmentedControl
            aria-label="which fields"
            data={[
              { value: 'all', label: 'All' },
              { value: 'others', label: 'What is not equal' },
            ]}
            value={shown}
            onChange={(value) => setShown(value === 'others' ? 'others' : 'all')}
          />
        }
      >
        {attributes.length === 0 && (
          <EmptyState title="Nothing is known of it">No scan has seen it, and it was not compared.</EmptyState>
        )}
        {attributes.length > 0 && lines.length === 0 && (
          <p className="page-dim">All {attributes.length} fields are equal.</p>
        )}
        {lines.length > 0 && <SidesTable mapping={mapping} lines={lines} />}
      </Panel>
    </div>
  );
};
