import type { Mapping } from '@osm/api-client';

/** Whether an original may be asked to go, and why or why not. The plan that removes it looks at both clouds once more. */
export interface MayGo {
  readonly may: boolean;
  readonly why: string;
}

const unfinished: { readonly [status in Mapping['status']]?: string } = {
  'in-progress': 'it is still on its way',
  failed: 'it has not arrived: its step failed',
  'pending-members': 'what lives in it has not arrived yet',
  'pending-cleanup': 'a plan that is under way removes it',
  'rolled-back': 'its twin was deleted again',
};

/** Why a twin is not of our making, by how it came to be. */
const others: { readonly [how: string]: string } = {
  reused: 'its twin was there before, and others may use it',
  external: 'a person said which its twin is; remove the original by hand',
};

/** What the record alone tells. */
export const mayGo = ({ status, how }: Pick<Mapping, 'status' | 'how'>): MayGo => {
  const lacking = unfinished[status];
  if (lacking !== undefined) return { may: false, why: lacking };
  const other = how === null ? 'nobody has recorded how its twin came to be' : others[how];
  if (other !== undefined) return { may: false, why: other };
  if (how === 'imported') return { may: true, why: 'its twin was recorded by the earlier tool; the draft decides' };
  const again = status === 'source-cleanup-failed' ? '; removing it failed before, and is tried again' : '';
  return {
    may: true,
    why: `its twin was ${how === 'adopted' ? 'found by our mark' : 'made by us'}, and compared${again}`,
  };
};
