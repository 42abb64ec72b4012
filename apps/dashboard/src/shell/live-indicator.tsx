import { Tooltip } from '@mantine/core';
import { IconPlugConnected, IconPlugConnectedX, IconLoader } from '@tabler/icons-react';
import { useLive, type Connection } from '../live/live-events.tsx';
import classes from './shell.module.css';

const looks = {
  connecting: { word: 'connecting', picture: IconLoader, says: 'The event stream is being opened.' },
  live: { word: 'live', picture: IconPlugConnected, says: 'What happens is shown as it happens.' },
  lost: {
    word: 'not live',
    picture: IconPlugConnectedX,
    says: 'What is shown may be old. It is tried again by itself.',
  },
} as const satisfies Record<Connection, unknown>;

/** Whether what is shown is what is. */
export const LiveIndicator = () => {
  const { connection, problem } = useLive();
  const { word, picture: Picture, says } = looks[connection];
  return (
    <Tooltip label={problem === undefined ? says : `${says} ${problem}`} multiline maw="24rem">
      <span className={classes['live']} data-connection={connection} role="status" tabIndex={0}>
        <Picture size={15} aria-hidden />
        {word}
      </span>
    </Tooltip>
  );
};
