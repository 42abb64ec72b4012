import type { Failure } from '@osm/api-client';
import { IconAlertTriangle } from '@tabler/icons-react';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import classes from './run.module.css';

/** Why a step failed, what to do now, and by which request the cloud's own log tells more. */
export const StepFailure = ({ failure: { message, remedy, http } }: { readonly failure: Failure }) => {
  const requestId = http?.['requestId'];
  return (
    <div className={classes['failure']}>
      <IconAlertTriangle size={16} aria-hidden />
      <div>
        <p>{message}</p>
        <p>{remedy}</p>
        {typeof requestId === 'string' && (
          <p>
            <CopyableId of="request" id={requestId} />
          </p>
        )}
      </div>
    </div>
  );
};
