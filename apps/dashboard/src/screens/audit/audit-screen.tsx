import type { Event } from '@osm/api-client';
import { useState } from 'react';
import { eventAbout } from '../../events/event-about.ts';
import { eventTone, eventWords, personOf } from '../../events/event-words.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { CommandTwin } from '../../pieces/command-twin.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { useSearchFilter } from '../../pieces/use-search-filter.ts';
import { filterOf, searchOf, typesOf } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import classes from './audit.module.css';
import { EventPanel } from './event-panel.tsx';
import { ExportMenu } from './export-menu.tsx';
import { useAuditPages } from './use-audit-pages.ts';
import { useExport } from './use-export.ts';

const columns: readonly Column<Event>[] = [
  { key: 'at', header: 'When', width: '6rem', cell: ({ at }) => <RelativeTime at={at} /> },
  { key: 'who', header: 'Who', width: 'minmax(5rem, 8rem)', cell: whoCell },
  {
    key: 'what',
    header: 'What happened',
    width: 'minmax(12rem, 5fr)',
    cell: (event) => (
      <span className={classes['what']} data-tone={eventTone(event)}>
        {eventWords(event)}
      </span>
    ),
  },
  {
    key: 'type',
    header: 'Event',
    width: 'minmax(6rem, 1fr)',
    cell: ({ type }) => <span className="page-dim">{type}</span>,
  },
  { key: 'about', header: 'About', width: 'minmax(6rem, 1fr)', cell: aboutCell },
  { key: 'position', header: 'Position', width: '5rem', align: 'right', cell: ({ position }) => position },
];

function whoCell(event: Event) {
  return personOf(event) ?? <span className="page-dim">{event.producer}</span>;
}

function aboutCell({ subject }: Event) {
  const { what, id } = eventAbout(subject);
  return (
    <span title={subject}>
      {what} {id !== undefined && <span className="page-mono page-dim">{id.slice(0, 8)}</span>}
    </span>
  );
}

/** Who did what, and what followed: the newest first, as the log has it. */
export const AuditScreen = () => {
  const [filter, change] = useSearchFilter({ filterOf, searchOf });
  const [open, setOpen] = useState<Event>();
  const exporting = useExport();
  const pages = useAuditPages(filter);
  const isStale = useHasChanged(typesOf(filter), pages);
  return (
    <Screen
      title="Audit"
      scrolls={false}
      actions={
        <>
          <CommandTwin command="events -f json" />
          <ExportMenu filter={filter} exporting={exporting} />
        </>
      }
    >
      {exporting.problem !== undefined && <ProblemNotice problem={exporting.problem} />}
      <AuditFilters filter={filter} onChange={change} />
      <div className={classes['audit']} data-has-open={open !== undefined}>
        <KeysetTable<Event>
          key={JSON.stringify(filter)}
          label="events"
          columns={columns}
          pages={pages}
          rowKey={({ id }) => id}
          onOpen={setOpen}
          openKey={open?.id}
          isStale={isStale}
          empty={
            searchOf(filter).size === 0 ? (
              <EmptyState title="Nobody has done anything yet">Have a cloud scanned on the screen Clouds.</EmptyState>
            ) : (
              <EmptyState title="Nothing fits">Take something out of the search above, or show everything.</EmptyState>
            )
          }
        />
        {open !== undefined && <EventPanel event={open} onFilter={change} onClose={() => setOpen(undefined)} />}
      </div>
    </Screen>
  );
};
