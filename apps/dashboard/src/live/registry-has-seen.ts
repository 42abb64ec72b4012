import { ApiProblem, type Api } from '@osm/api-client';

/**
 * Waits until the registry answers of what was recorded up to here: the log tells it first. Where the registry is late, or
 * out of reach, nothing is waited for any longer; what is asked then tells that by itself.
 */
export const registryHasSeen = async (api: Api, position: number): Promise<void> => {
  try {
    await api.ask('registry.position', { query: { atLeast: position } });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status === 401) throw error;
  }
};
