import type { Plan } from '@osm/api-client';
import classes from './run.module.css';

interface Properties {
  readonly plan: Pick<Plan, 'steps' | 'succeeded' | 'failed' | 'skipped'>;
  /** Without the numbers below it. */
  readonly thin?: boolean;
}

/** How many of a plan's steps have come to what. */
export const ProgressBar = ({ plan: { steps, succeeded, failed, skipped }, thin = false }: Properties) => {
  const parts = [
    ['succeeded', succeeded],
    ['failed', failed],
    ['skipped', skipped],
  ] as const;
  const left = steps - succeeded - failed - skipped;
  const words = [...parts.map(([state, count]) => `${count} ${state}`), `${left} to come`].join(', ');
  const settled = succeeded + failed + skipped;
  return (
    <div className={classes['progress']}>
      <div
        role="progressbar"
        aria-label={`steps: ${words}`}
        aria-valuenow={settled}
        aria-valuemin={0}
        aria-valuemax={steps}
        aria-valuetext={words}
        className={classes['bar']}
        title={words}
      >
        {parts.map(([state, count]) => (
          <span key={state} data-state={state} style={{ flexGrow: count }} />
        ))}
        <span style={{ flexGrow: left }} />
      </div>
      {thin ? (
        <span className={classes['count']}>
          {settled} / {steps}
        </span>
      ) : (
        <p className={classes['words']}>
          {settled} of {steps} steps have settled: {words}
        </p>
      )}
    </div>
  );
};
