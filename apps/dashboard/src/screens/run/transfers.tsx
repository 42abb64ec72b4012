import { durationWords } from '../../pieces/duration-words.ts';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { sizeWords } from '../../pieces/size-words.ts';
import classes from './run.module.css';
import { rateOf, secondsLeft, type Transfer } from './transfer.ts';

/** Lines that are drawn; of more it is told how many. */
const most = 8;

/** What moves bytes, and what waits for something in a cloud: nothing where nothing does. */
export const Transfers = ({ transfers }: { readonly transfers: ReadonlyMap<string, Transfer> }) => {
  if (transfers.size === 0) return null;
  const all = [...transfers.values()].sort(
    (a, b) => Number(b.newest.state === 'moving') - Number(a.newest.state === 'moving'),
  );
  const rate = all.reduce((sum, transfer) => sum + (rateOf(transfer) ?? 0), 0);
  return (
    <section aria-label="what moves and waits" className={classes['transfers']}>
      <ul>
        {all.slice(0, most).map((transfer) => (
          <li key={transfer.newest.step_id}>
            <TransferLine transfer={transfer} />
          </li>
        ))}
      </ul>
      <p className={classes['words']}>
        {all.length > most && `${all.length - most} more; `}
        {rate > 0 && `${sizeWords(rate)}/s in all`}
      </p>
    </section>
  );
};

const TransferLine = ({ transfer }: { readonly transfer: Transfer }) => {
  const { step_id: id, state, bytes, total, what, since, until } = transfer.newest;
  if (state === 'waiting') {
    return (
      <>
        <span className="page-mono page-one-line">{id}</span>
        <span>
          waits for {what ?? 'something'}
          {since !== null && (
            <>
              , since <RelativeTime at={since} />
            </>
          )}
          {until !== null && (
            <>
              , <RelativeTime at={until} /> at the latest
            </>
          )}
        </span>
      </>
    );
  }
  const rate = rateOf(transfer);
  const left = secondsLeft(transfer);
  const moved = `${sizeWords(bytes ?? 0)}${total === null ? '' : ` of ${sizeWords(total)}`}`;
  return (
    <>
      <span className="page-mono page-one-line">{id}</span>
      <progress
        aria-label={`${id}: ${moved}`}
        {...(total === null ? {} : { value: bytes ?? 0, max: Math.max(1, total) })}
      />
      <span className="page-numbers">
        {moved}
        {rate !== undefined && ` · ${sizeWords(rate)}/s`}
        {left !== undefined && ` · ${durationWords(left)} left`}
      </span>
    </>
  );
};
