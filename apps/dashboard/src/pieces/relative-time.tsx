import { howLongAgo } from './how-long-ago.ts';
import { useNow } from './use-now.ts';

interface Properties {
  /** As the API tells it. */
  readonly at: string;
}

/** How long ago, and when exactly in the title. */
export const RelativeTime = ({ at }: Properties) => {
  const now = useNow();
  const when = new Date(at);
  return (
    <time dateTime={at} title={`${when.toLocaleString()} (${at})`} className="page-numbers">
      {howLongAgo(when, new Date(now))}
    </time>
  );
};
