import { Fragment, type ReactNode } from 'react';
import classes from './facts.module.css';

interface Properties {
  /** What, and what it is. Of undefined, nothing is shown. */
  readonly facts: readonly (readonly [what: string, is: ReactNode])[];
}

/** Pairs of words and values, one below the other. */
export const Facts = ({ facts }: Properties) => (
  <dl className={classes['facts']}>
    {facts
      .filter(([, is]) => is !== undefined)
      .map(([what, is]) => (
        <Fragment key={what}>
          <dt>{what}</dt>
          <dd>{is}</dd>
        </Fragment>
      ))}
  </dl>
);
