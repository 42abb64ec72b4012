import { Button, CloseButton } from '@mantine/core';
import type { Event } from '@osm/api-client';
import { Link } from 'react-router';
import { eventAbout } from '../../events/event-about.ts';
import { eventWords, whoDid } from '../../events/event-words.ts';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { Panel } from '../../pieces/panel.tsx';
import type { AuditFilter } from './audit-filter.ts';
import classes from './audit.module.css';

interface Properties {
  readonly event: Event;
  readonly onFilter: (part: Partial<AuditFilter>) => void;
  readonly onClose: () => void;
}

/** One event, whole, as the log has it. */
export const EventPanel = ({ event, onFilter, onClose }: Properties) => {
  const { what, id, where, to, kind } = eventAbout(event.subject);
  const plan = kind === 'plan' ? id : event.data['planId'];
  return (
    <aside className={classes['panel']} aria-label={`event ${event.position}`} tabIndex={0}>
      <Panel title={event.type} actions={<CloseButton aria-label="close" size="sm" onClick={onClose} />}>
        <p className={classes['words']}>{eventWords(event)}</p>
        <Facts
          facts={[
            ['Who', whoDid(event)],
            [
              'When',
              <time key="at" dateTime={event.at}>{`${new Date(event.at).toLocaleString()} (${event.at})`}</time>,
            ],
            [
              'About',
              to === undefined ? (
                what
              ) : (
                <Link key="to" to={to}>
                  {what}
                </Link>
              ),
            ],
            ['Of which id', id === undefined || id === '' ? undefined : <CopyableId key="id" of={what} id={id} />],
            ['Where', where],
            [
              'Position',
              <span key="position" className="page-numbers">
                {event.position}
              </span>,
            ],
            ['Event', <CopyableId key="event" of="event" id={event.id} />],
            [
              'Belongs to',
              event.correlation === undefined ? undefined : (
                <CopyableId key="of" of="correlation" id={event.correlation} />
              ),
            ],
            [
              'Because of',
              event.causation === undefined ? undefined : <CopyableId key="by" of="causation" id={event.causation} />,
            ],
            ['Written by', event.producer],
          ]}
        />
        <div className={classes['narrow']}>
          <Button variant="default" onClick={() => onFilter({ subject: event.subject, of: 'all' })}>
            Only of this {what}
          </Button>
          {typeof plan === 'string' && (
            <Button variant="default" onClick={() => onFilter({ plan, of: 'all' })}>
              Only of its plan
            </Button>
          )}
        </div>
        <h3 className={classes['told']}>What is told</h3>
        <pre className={classes['data']}>{JSON.stringify(event.data, null, 2)}</pre>
      </Panel>
    </aside>
  );
};
