import { Loader } from '@mantine/core';
import type { Event } from '@osm/api-client';
import { useAsk } from '../../api/use-ask.ts';
import { eventTone, eventWords, personOf } from '../../events/event-words.ts';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { requestsOf, type RefusedRequest } from './requests-of.ts';
import classes from './resource.module.css';

/** All that was ever recorded of one resource, the newest at the top, and what clouds have refused on the way. */
export const ResourceHistory = ({ uuid }: { readonly uuid: string }) => {
  const { data, error } = useAsk('mapping-events', [{ path: { uuid } }]);
  if (error !== null) return <ProblemNotice problem={error} />;
  if (data === undefined) return <Loader size="sm" />;
  const requests = requestsOf(data);
  return (
    <>
      {requests.length > 0 && (
        <Panel title="Requests that failed" beside={<span className="page-dim">{requests.length}</span>}>
          <ul className={classes['requests']} aria-label="requests that failed">
            {requests.map((request) => (
              <Request key={request.position} request={request} />
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="What happened" beside={<span className="page-dim">{data.length}</span>}>
        <ol className={classes['events']} reversed aria-label="what happened, the newest first">
          {data.toReversed().map((event) => (
            <Line key={event.id} event={event} />
          ))}
        </ol>
      </Panel>
    </>
  );
};

const Line = ({ event }: { readonly event: Event }) => (
  <li data-tone={eventTone(event)}>
    <span className={classes['when']}>
      <RelativeTime at={event.at} /> <span title={`position ${event.position} of the log`}>#{event.position}</span>
    </span>
    <span className={classes['what']} title={event.type}>
      {eventWords(event)}
    </span>
    <span className={classes['who']}>{personOf(event)}</span>
  </li>
);

const Request = ({ request }: { readonly request: RefusedRequest }) => {
  const { method, url, status, requestId, at, service, message, remedy } = request;
  return (
    <li>
      <p className="page-mono">
        {method} {url}
      </p>
      <p>
        <b>{status ?? 'no answer'}</b> of {service}, <RelativeTime at={at} />
      </p>
      <p>{message}</p>
      <p className="page-dim">{remedy}</p>
      {requestId === undefined ? (
        <p className="page-dim">The answer had no request id.</p>
      ) : (
        <CopyableId of="request" id={requestId} />
      )}
    </li>
  );
};
