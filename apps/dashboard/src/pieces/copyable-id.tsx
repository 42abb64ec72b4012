import { UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useClipboard } from '@mantine/hooks';
import classes from './copyable-id.module.css';

interface Properties {
  readonly id: string;
  /** What it is the id of, for those who hear the page: `plan`. */
  readonly of: string;
  /** Shows its first eight characters only; all of it is copied and stands in the title. */
  readonly short?: boolean;
  /** Reached by Tab; default: yes. In a long table: no, for each row would be two stops. */
  readonly tabbable?: boolean;
}

/** An id that is copied by a click. */
export const CopyableId = ({ id, of, short = false, tabbable = true }: Properties) => {
  const clipboard = useClipboard({ timeout: 1500 });
  const shown = short ? id.slice(0, 8) : id;
  return (
    <UnstyledButton
      className={classes['id'] ?? ''}
      title={`${id}: copy`}
      aria-label={clipboard.copied ? `${of} ${shown}: copied` : `copy the ${of} ${shown}`}
      tabIndex={tabbable ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        clipboard.copy(id);
      }}
    >
      <span className={classes['text']}>{shown}</span>
      {clipboard.copied ? (
        <IconCheck size={13} aria-hidden color="var(--page-good)" />
      ) : (
        <IconCopy size={13} aria-hidden className={classes['icon'] ?? ''} />
      )}
    </UnstyledButton>
  );
};
