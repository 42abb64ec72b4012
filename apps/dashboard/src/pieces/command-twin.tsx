import { UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconTerminal2 } from '@tabler/icons-react';
import classes from './command-twin.module.css';

interface Properties {
  /** Without the name of the program: `scan --cloud source`. */
  readonly command: string;
}

/** The command that does the same: a click copies it. */
export const CommandTwin = ({ command }: Properties) => {
  const clipboard = useClipboard({ timeout: 1500 });
  const line = `openstack-migrate ${command}`;
  const Picture = clipboard.copied ? IconCheck : IconTerminal2;
  return (
    <UnstyledButton
      className={classes['twin'] ?? ''}
      title="The same by the command line: copy"
      aria-label={clipboard.copied ? 'command copied' : `copy the command ${line}`}
      onClick={() => clipboard.copy(line)}
    >
      <Picture size={14} aria-hidden />
      <code>{line}</code>
    </UnstyledButton>
  );
};
