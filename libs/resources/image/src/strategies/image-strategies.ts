import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, Strategies } from '@osm/resource';
import { direct } from './direct.ts';
import { glanceDirect } from './glance-direct.ts';
import type { ImageFacts, ImageStrategy } from './image-strategy.ts';
import { cannotLend } from './lend-url.ts';
import { webDownload } from './web-download.ts';

/** All ways of an image's data, the one that is taken first where it can be at the head. */
export const imageStrategies: readonly ImageStrategy[] = [direct, glanceDirect, webDownload];

/** The one that a plan has chosen; plans of before there was a choice go directly. */
export const strategyNamed = (name: string | undefined): ImageStrategy =>
  imageStrategies.find((one) => one.name === name) ?? direct;

/** What the pair of clouds can do, and which way each image goes. */
export const imageTransfer: Strategies = {
  probe: async (source, destination, _policy, signal) => ({
    methods: await methodsOf(destination, signal),
    noObjectStore: (await cannotLend(source, signal)) ?? null,
  }),

  choose: (original, policy, recorded) => {
    const facts = factsOf(recorded);
    const possible = imageStrategies.filter((one) => one.impossible(facts, original) === undefined);
    const wanted = policy.image_transfer;
    if (wanted === 'auto') {
      const best = possible[0] ?? direct;
      return { name: best.name, reason: best.because };
    }
    const why = strategyNamed(wanted).impossible(facts, original);
    if (why !== undefined) throw cannot(original, wanted, why, possible);
    return { name: wanted, reason: `image_transfer asks for it` };
  },
};

const factsOf = ({ methods, noObjectStore }: JsonObject): ImageFacts => ({
  methods: Array.isArray(methods) ? methods.map(String) : [],
  noObjectStore: typeof noObjectStore === 'string' ? noObjectStore : undefined,
});

const cannot = (original: JsonObject, wanted: string, why: string, possible: readonly ImageStrategy[]): Failure =>
  new Failure('strategy-impossible', `cannot move image ${String(original['id'])} by ${wanted}: ${why}`, {
    remedy: `Set image_transfer to auto or ${possible.map(({ name }) => name).join(' or ')}, and draft the plan again.`,
  });

/** What Glance does not tell it does not offer. */
const methodsOf = async (destination: Cloud, signal: AbortSignal): Promise<string[]> => {
  try {
    const { body } = await destination.send('image', { method: 'GET', path: '/info/import' }, signal);
    const methods = isJsonObject(body) ? body['import-methods'] : undefined;
    const value = isJsonObject(methods) ? methods['value'] : undefined;
    return Array.isArray(value) ? value.map(String) : [];
  } catch (error) {
    if (isFailure(error) && error.disposition === 'stop') return [];
    throw error;
  }
};
