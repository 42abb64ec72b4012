import { Button, Group, Modal, Stack, TextInput, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { CommandTwin } from './command-twin.tsx';
import { ProblemNotice } from './problem-notice.tsx';

interface Properties {
  readonly opened: boolean;
  /** What is to be done: `Start the plan`. */
  readonly title: string;
  /** What that does. */
  readonly children: ReactNode;
  /** The word on the button. */
  readonly verb: string;
  /** It takes something away: the button says so by its colour too. */
  readonly takesAway?: boolean;
  /** Whether a reason has to be given; it stands in the log for ever. Default: it may be. */
  readonly needsReason?: boolean;
  /** What has to be typed before it can be done. */
  readonly typed?: string;
  /** The same by the command line, without the program's name. */
  readonly command?: string;
  /** Whether all else is as it must be; default: it is. */
  readonly isReady?: boolean;
  readonly isPending: boolean;
  readonly problem: unknown;
  /** With the reason; undefined where none was given. */
  readonly onConfirm: (reason: string | undefined) => void;
  readonly onClose: () => void;
}

/** Asks once more before something is changed, takes the reason, and shows what the API has against it. */
export const ConfirmChange = (properties: Properties) => (
  <Modal opened={properties.opened} onClose={properties.onClose} title={properties.title} size="lg" centered>
    <Confirmation {...properties} />
  </Modal>
);

/** Within the dialog: what was typed is forgotten with it. */
const Confirmation = (properties: Properties) => {
  const { children, verb, takesAway = false, needsReason = false, typed, command } = properties;
  const { isPending, problem, onConfirm, onClose } = properties;
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const given = reason.trim();
  const isReady =
    (properties.isReady ?? true) && (!needsReason || given !== '') && (typed === undefined || word.trim() === typed);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isPending) onConfirm(given === '' ? undefined : given);
      }}
    >
      <Stack gap="sm">
        <div style={{ fontSize: '0.8125rem', lineHeight: 1.5 }}>{children}</div>
        <Textarea
          label={needsReason ? 'Reason' : 'Reason, if there is one to tell'}
          description="It stands in the log for ever."
          autosize
          minRows={2}
          required={needsReason}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {typed !== undefined && (
          <TextInput
            label={`Type ${typed}`}
            required
            autoComplete="off"
            spellCheck={false}
            value={word}
            onChange={(event) => setWord(event.currentTarget.value)}
          />
        )}
        {problem !== undefined && problem !== null && <ProblemNotice problem={problem} />}
        <Group justify="space-between" wrap="nowrap">
          {command === undefined ? <span /> : <CommandTwin command={command} />}
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" disabled={!isReady} loading={isPending} {...(takesAway ? { color: 'red.8' } : {})}>
              {verb}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
};
