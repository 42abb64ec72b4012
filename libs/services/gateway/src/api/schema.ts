import { answerSchemas } from './answer-schemas.ts';

/** A JSON schema as OpenAPI 3.1 has it. */
export interface ApiSchema {
  readonly [keyword: string]: unknown;
}

/** What answers are made of, by their names in the document. */
export type SchemaName = keyof typeof answerSchemas;

/** Stands for the schema of that name. */
export const schemaRef = (name: SchemaName): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });
