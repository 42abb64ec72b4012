import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Step } from '@osm/resource';
import { keyManagerRoot } from '@osm/resources/key-manager';
import { usesKeys } from './key-refs.ts';
import { LoadBalancerSource } from './load-balancer-source.ts';

/** Octavia has had three names for its own driver. */
const ownDriver: readonly string[] = ['amphora', 'octavia', 'amphorav2'];

/** What making the twin depends on and only the destination can tell: its providers, and how its keys are named. */
export const surveyDestination: Step = {
  name: 'survey',
  run: async ({ attributes, destination, signal }) => {
    const s = LoadBalancerSource.parse(attributes);
    const { body } = await destination.send('load-balancer', { method: 'GET', path: '/lbaas/providers' }, signal);
    const list = isJsonObject(body) ? body['providers'] : undefined;
    const providers = (Array.isArray(list) ? list.filter(isJsonObject) : []).map(({ name }) => String(name));
    return {
      providers,
      ...(usesKeys(s) ? { keys: await keyManagerRoot(destination, signal) } : {}),
    };
  },
};

/** What the survey has found of the same name, or Octavia's own under another; undefined where the destination has neither. */
export const providerLike = (wanted: string, { providers }: JsonObject): string | undefined => {
  const offered = Array.isArray(providers) ? providers : [];
  if (offered.includes(wanted)) return wanted;
  return ownDriver.includes(wanted) ? ownDriver.find((name) => offered.includes(name)) : undefined;
};
