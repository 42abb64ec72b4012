import type { DraftBody } from '@osm/api-client';
import type { Chosen } from './use-choice.ts';

/** What was said in the dialog. */
export interface DraftChoices {
  readonly needs: boolean;
  readonly members: boolean;
  readonly cleanUp: boolean;
  readonly reason: string | undefined;
}

/** What the API is asked to draft. */
export const draftBody = (chosen: readonly Chosen[], { needs, members, cleanUp, reason }: DraftChoices): DraftBody => ({
  request: {
    roots: chosen.map(({ resource_type: type, source_id: id }) => ({ type, id })),
    include: { needs, members },
    cleanUp: cleanUp ? 'after-migration' : 'never',
  },
  ...(reason === undefined ? {} : { reason }),
});
