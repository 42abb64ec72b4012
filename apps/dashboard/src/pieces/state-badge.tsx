import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconInfoCircle,
  IconLoader,
  IconPlayerPause,
  IconPlayerSkipForward,
  type Icon,
} from '@tabler/icons-react';
import classes from './state-badge.module.css';
import { toneOf, type Tone } from './tone-of.ts';

interface Properties {
  /** A state as the API tells it: of a plan, a step, a mapping, a scan, a verdict, a finding. */
  readonly state: string;
  /** Another word for it; default: the state itself. */
  readonly word?: string;
}

const pictures: Readonly<Record<Tone, Icon>> = {
  good: IconCircleCheck,
  bad: IconCircleX,
  warn: IconAlertTriangle,
  busy: IconLoader,
  idle: IconCircleDashed,
};

/** States that have a picture of their own. */
const special: Readonly<Record<string, Icon | undefined>> = {
  paused: IconPlayerPause,
  skipped: IconPlayerSkipForward,
  cancelled: IconBan,
  cancelling: IconBan,
  'rolled-back': IconArrowBackUp,
  waiting: IconClock,
  drafted: IconClock,
  info: IconInfoCircle,
  note: IconInfoCircle,
};

/** A state: its word, a picture and a colour, so that none of them stands alone. */
export const StateBadge = ({ state, word = state.replaceAll('-', ' ') }: Properties) => {
  const tone = toneOf(state);
  const Picture = special[state] ?? pictures[tone];
  return (
    <span className={classes['badge']} data-tone={tone} data-state={state}>
      <Picture size={14} aria-hidden />
      {word}
    </span>
  );
};
