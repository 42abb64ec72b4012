import { ApiProblem } from '@osm/api-client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

/** What the page keeps of answers. Whoever is refused the token hears so by `onUnknown`. */
export const pageQueries = (onUnknown: (problem: ApiProblem) => void): QueryClient => {
  const onError = (error: Error): void => {
    if (error instanceof ApiProblem && error.status === 401) onUnknown(error);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // What the API refuses it refuses the second time too; what is only out of reach may come back.
        retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status >= 400),
        refetchOnWindowFocus: false,
        placeholderData: undefined,
      },
    },
  });
};
