import type { Cloud, Scan } from '@osm/api-client';
import { IconRadar2 } from '@tabler/icons-react';
import { useAsk } from '../../api/use-ask.ts';
import { useChange } from '../../api/use-change.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';

/** The newest scan of a cloud, how far it is, and a button for the next. */
export const ScanLine = ({ cloud: { cloud, scan } }: { readonly cloud: Cloud }) => {
  const change = useChange('discovery.scan');
  const isRunning = scan?.status === 'running';
  return (
    <>
      <div className={classes['scan']}>
        {scan === null ? (
          <span className="page-dim">Never scanned: the inventory knows nothing of it.</span>
        ) : (
          <>
            <StateBadge state={scan.status} word={isRunning ? 'scan runs' : 'scanned'} />
            <span className="page-numbers">{scan.seen.toLocaleString('en')} resources</span>
            <span className="page-dim">
              <RelativeTime at={scan.scanned_at} />
            </span>
            <ScanDetail scanId={scan.scan_id} />
          </>
        )}
        <span className={classes['gap']} />
        <AllowedButton
          scope="plan"
          variant="default"
          leftSection={<IconRadar2 size={15} aria-hidden />}
          loading={change.isPending}
          because={isRunning ? 'A scan of it runs.' : undefined}
          onClick={() => change.mutate({ body: { cloud } })}
        >
          Scan
        </AllowedButton>
      </div>
      {change.error !== null && <ProblemNotice problem={change.error} />}
    </>
  );
};

const ScanDetail = ({ scanId }: { readonly scanId: string }) => {
  const { data } = useAsk('registry.scan', [{ path: { scanId } }]);
  if (data === undefined) return null;
  const failed = data.types.filter(({ outcome }) => outcome === 'failed');
  return (
    <>
      {data.status === 'running' && <Progress scan={data} />}
      {failed.length > 0 && (
        <span title={failed.map(({ type, failure }) => `${type}: ${failure?.message ?? 'failed'}`).join('\n')}>
          <StateBadge state="failed" word={`not listed: ${failed.map(({ type }) => type).join(', ')}`} />
        </span>
      )}
    </>
  );
};

const Progress = ({ scan: { types } }: { readonly scan: Scan }) => {
  const done = types.filter(({ outcome }) => outcome !== 'waiting').length;
  return (
    <span className="page-numbers" role="status">
      {done} of {types.length} types
    </span>
  );
};
