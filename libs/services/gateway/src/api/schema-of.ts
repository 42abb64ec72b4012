/** A JSON schema in the words of OpenAPI 3.1. */
interface Schema {
  readonly [keyword: string]: unknown;
}

export const text = (description: string, example?: string): Schema => ({
  type: 'string',
  description,
  ...(example === undefined ? {} : { examples: [example] }),
});

export const time = (description: string): Schema => ({
  type: 'string',
  format: 'date-time',
  description,
  examples: ['2026-11-23T14:21:05.000Z'],
});

export const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });

export const truth = (description: string): Schema => ({ type: 'boolean', description });

export const oneOf = (description: string, ...words: readonly string[]): Schema => ({
  type: 'string',
  enum: words,
  description,
});

export const anyJson = (description: string): Schema => ({ description });

export const jsonObject = (description: string): Schema => ({
  type: 'object',
  additionalProperties: true,
  description,
});

export const listOf = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...(description === undefined ? {} : { description }),
});

/** The same, or null. */
export const orNull = (schema: Schema): Schema => {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const words = schema['enum'];
  return { ...schema, type: [schema['type'], 'null'], ...(Array.isArray(words) ? { enum: [...words, null] } : {}) };
};

/** Stands for a schema of the document. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

type Members<Row> = { readonly [Name in keyof Row]-?: Schema };

/** An object with a schema for each member of a type, all of them required but those that are named. */
export const rowOf = <Row>(
  description: string,
  properties: Members<Row>,
  optional: readonly (keyof Row & string)[] = [],
): Schema => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.some((each) => each === name)),
});

/** A page of rows of the document. */
export const pageOf = (name: string): Schema => ({
  type: 'object',
  properties: {
    items: listOf(ref(name)),
    next: orNull(text('Ask for the rest with this as `after`; null: that was all.')),
    total: count(
      'How many fit in all: told with the first page; absent where more than 10,000 rows would have to be looked at for it.',
    ),
  },
  required: ['items', 'next'],
});
