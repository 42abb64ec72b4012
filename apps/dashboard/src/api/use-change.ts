import type { Asked, OperationId, Operations } from '@osm/api-client';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { registryHasSeen } from '../live/registry-has-seen.ts';
import { useSession } from '../session/session.tsx';
import { isCostly } from './costly-answers.ts';

/**
 * Asks the API to change something. All that the page knows is asked again afterwards: what was changed here must never
 * look unchanged here. The problem stands in `error`: show it by `ProblemNotice` beside the button.
 */
export const useChange = <Id extends OperationId>(
  id: Id,
): UseMutationResult<Operations[Id]['answer'], Error, Omit<Asked<Id>, 'signal'>> => {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (asked: Omit<Asked<Id>, 'signal'>) => {
      const ask = api.ask as (id: Id, asked: object) => Promise<Operations[Id]['answer']>;
      return ask(id, asked);
    },
    onSuccess: async (answer) => {
      if (typeof answer === 'object' && 'position' in answer) await registryHasSeen(api, Number(answer.position));
    },
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => !isCostly(queryKey) }),
  });
};
