import type { JsonObject } from '@osm/kernel';
import type { HashName, Policy, StepContext } from '@osm/resource';

/** What copying an image's data works with; every step's context has it. */
export type ImageCopy = Pick<StepContext, 'source' | 'destination' | 'clock' | 'signal' | 'move' | 'waiting'>;

/** What the two clouds have said about themselves, once for a plan. */
export interface ImageFacts {
  /** Import methods of the destination; empty where it has none or does not tell. */
  readonly methods: readonly string[];
  /** Why the source's object store cannot lend a place for a while; undefined where it can. */
  readonly noObjectStore: string | undefined;
}

/** One way of an image's data into a record of the destination that has none yet. */
export interface ImageStrategy {
  readonly name: Exclude<Policy['image_transfer'], 'auto'>;
  /** What speaks for it where nobody has chosen. */
  readonly because: string;
  /** Why it cannot be; undefined: it can. Pure. */
  impossible(facts: ImageFacts, original: JsonObject): string | undefined;
  /**
   * Brings the data; when it is over the twin is `active`. Hashes what passes where it is asked to and the data pass here,
   * and answers that hash. Raises `twin-failed` where the record cannot be used any more.
   */
  bring(
    copy: ImageCopy,
    original: JsonObject,
    twin: JsonObject,
    hash: HashName | undefined,
  ): Promise<string | undefined>;
}
