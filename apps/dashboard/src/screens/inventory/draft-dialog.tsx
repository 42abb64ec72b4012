import { Checkbox, Stack } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useChange } from '../../api/use-change.ts';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';
import { draftBody } from './draft-body.ts';
import type { Chosen } from './use-choice.ts';

interface Properties {
  readonly opened: boolean;
  readonly chosen: readonly Chosen[];
  readonly onClose: () => void;
}

/** Has a plan drafted from what is chosen, and goes to it. */
export const DraftDialog = ({ opened, chosen, onClose }: Properties) => {
  const navigate = useNavigate();
  const draft = useChange('planner.draft');
  const [needs, setNeeds] = useState(true);
  const [members, setMembers] = useState(true);
  const [cleanUp, setCleanUp] = useState(false);
  const confirm = (reason: string | undefined): void =>
    draft.mutate(
      { body: draftBody(chosen, { needs, members, cleanUp, reason }) },
      { onSuccess: ({ planId }) => void navigate(`/plans/${planId}`) },
    );
  return (
    <ConfirmChange
      opened={opened}
      title={`Draft a plan of ${chosen.length} ${chosen.length === 1 ? 'resource' : 'resources'}`}
      verb="Draft"
      isPending={draft.isPending}
      problem={draft.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Stack gap="xs">
        <span>
          Nothing is changed in a cloud by that: the plan says what would be done, and waits until somebody approves it.
        </span>
        <Checkbox
          label="With what they stand on"
          description="An instance needs its flavor, image, networks and volumes. What has its twin already is reused."
          checked={needs}
          onChange={({ currentTarget: { checked } }) => setNeeds(checked)}
        />
        <Checkbox
          label="With what lives in them"
          description="A project has its networks, volumes, instances; a network its subnets."
          checked={members}
          onChange={({ currentTarget: { checked } }) => setMembers(checked)}
        />
        <Checkbox
          label="Remove the originals at the end"
          description="Each only once its twin is there and proven. Running such a plan needs the scope cleanup."
          checked={cleanUp}
          onChange={({ currentTarget: { checked } }) => setCleanUp(checked)}
        />
      </Stack>
    </ConfirmChange>
  );
};
