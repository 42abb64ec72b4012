import type { z } from 'zod';

/** One type of event: its name, its newest version, what its data look like, and one sentence that says what it states. */
export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly version: number;
  readonly summary: string;
  readonly data: Schema;
}

/** Declares an event. A change of meaning is a new name; a change of shape is a new version and an upcaster. */
export const defineEvent = <Type extends string, Schema extends z.ZodType>(
  type: Type,
  version: number,
  summary: string,
  data: Schema,
): EventDefinition<Type, Schema> => ({ type, version, summary, data });

/** The event that a definition declares, as deciders and projections see it. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Schema>
    ? { readonly type: Type; readonly data: z.infer<Schema> }
    : never;
