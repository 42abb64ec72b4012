import { UnstyledButton } from '@mantine/core';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './fidelity.module.css';
import { verdictMeaning, verdicts, type Verdict, type VerdictCounts } from './verdicts.ts';

interface Properties {
  readonly counts: VerdictCounts;
  /** Undefined: all of them. */
  readonly chosen: Verdict | undefined;
  readonly onChoose: (verdict: Verdict | undefined) => void;
}

/** How many attributes came to which verdict; a press shows only these, another one all again. */
export const VerdictChoice = ({ counts, chosen, onChoose }: Properties) => (
  <div className={classes['verdicts']} role="group" aria-label="verdicts">
    {verdicts.map((verdict) => (
      <UnstyledButton
        key={verdict}
        className={classes['verdict'] ?? ''}
        aria-pressed={verdict === chosen}
        title={verdictMeaning[verdict]}
        data-none={counts[verdict] === 0}
        onClick={() => onChoose(verdict === chosen ? undefined : verdict)}
      >
        <b className="page-numbers">{counts[verdict].toLocaleString('en')}</b> <StateBadge state={verdict} />
      </UnstyledButton>
    ))}
    <Share counts={counts} />
  </div>
);

/** The counts as one bar: what is lost is seen before it is read. */
const Share = ({ counts }: { readonly counts: VerdictCounts }) => (
  <div className={classes['share']} aria-hidden>
    {verdicts
      .filter((verdict) => counts[verdict] > 0)
      .map((verdict) => (
        <span key={verdict} data-verdict={verdict} style={{ flexGrow: counts[verdict] }} />
      ))}
  </div>
);
