import type { Cloud } from '@osm/api-client';
import { useAsk } from '../../api/use-ask.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { CloudPanel } from './cloud-panel.tsx';
import classes from './clouds.module.css';
import { DoctorPanel } from './doctor-panel.tsx';

/** Both clouds: whether they can be reached, as whom, and what a later step would be refused. */
export const CloudsScreen = () => {
  const { data: clouds, error } = useAsk('registry.clouds', []);
  const ends = clouds?.toSorted((a, b) => rank(a) - rank(b)) ?? [];
  return (
    <Screen title="Clouds">
      {error !== null && <ProblemNotice problem={error} />}
      {clouds?.length === 0 && (
        <EmptyState title="No cloud is configured">
          Name a source and a destination in the configuration (source_cloud_name, destination_cloud_name) as
          clouds.yaml has them, and start the gateway again.
        </EmptyState>
      )}
      {hasRoute(ends) && <DoctorPanel />}
      <div className={classes['clouds']}>
        {ends.map((cloud) => (
          <CloudPanel key={cloud.cloud} cloud={cloud} />
        ))}
      </div>
    </Screen>
  );
};

const hasRoute = (clouds: readonly Cloud[]): boolean =>
  ['source', 'destination'].every((end) => clouds.some(({ role }) => role === end));

const rank = ({ role }: Cloud): number => (role === 'source' ? 0 : role === 'destination' ? 1 : 2);
