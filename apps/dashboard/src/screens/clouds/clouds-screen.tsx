import type { Cloud, CloudReport } from '@osm/api-client';
import { useAsk } from '../../api/use-ask.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { CloudPanel } from './cloud-panel.tsx';
import classes from './clouds.module.css';
import { useLook } from './use-look.ts';
import { whatIsLacking } from './what-is-lacking.ts';

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
      <Pair clouds={ends} />
      <div className={classes['clouds']}>
        {ends.map((cloud) => (
          <CloudPanel key={cloud.cloud} cloud={cloud} />
        ))}
      </div>
    </Screen>
  );
};

const rank = ({ role }: Cloud): number => (role === 'source' ? 0 : role === 'destination' ? 1 : 2);

/** What the one has and the other lacks. */
const Pair = ({ clouds }: { readonly clouds: readonly Cloud[] }) => {
  const source = clouds.find(({ role }) => role === 'source');
  const destination = clouds.find(({ role }) => role === 'destination');
  if (source === undefined || destination === undefined) return null;
  return <Lacks source={source.cloud} destination={destination.cloud} />;
};

const Lacks = ({ source, destination }: { readonly source: string; readonly destination: string }) => {
  const { data: from } = useLook(source);
  const { data: to } = useLook(destination);
  if (from === undefined || to === undefined || !from.reachable || !to.reachable) return null;
  return <Differences from={from} to={to} />;
};

const Differences = ({ from, to }: { readonly from: CloudReport; readonly to: CloudReport }) => {
  const { services, extensions } = whatIsLacking(from, to);
  if (services.length + extensions.length === 0) return null;
  return (
    <div className={classes['pair']}>
      <Panel
        title={`What ${to.cloud} lacks`}
        beside={<StateBadge state="warning" word="arrives without it, or is refused" />}
      >
        <ul className={classes['lacks']}>
          {services.map((each) => (
            <li key={each}>
              the service <strong>{each}</strong>
            </li>
          ))}
          {extensions.map((each) => (
            <li key={each}>
              the networking extension <span className="page-mono">{each}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
};
