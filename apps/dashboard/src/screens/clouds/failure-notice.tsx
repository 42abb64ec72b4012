import type { Failure } from '@osm/api-client';
import { IconCircleX } from '@tabler/icons-react';
import classes from './clouds.module.css';

/** What a cloud refused, or did not answer, and what to do. */
export const FailureNotice = ({ failure }: { readonly failure: Failure }) => (
  <div className={classes['failure']}>
    <IconCircleX size={16} aria-hidden />
    <div>
      <div>{failure.message}</div>
      <div className="page-dim">{failure.remedy}</div>
    </div>
  </div>
);
