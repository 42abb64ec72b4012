import type { Scope as ScopeName } from '@osm/contracts';
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Scope } from '../scope.ts';
import { schemaRef, type ApiSchema, type SchemaName } from './schema.ts';

export interface OperationOptions {
  /** Its name in the document: that of the request, where one stands behind it. */
  readonly id: string;
  readonly scope: ScopeName;
  readonly tag: 'clouds' | 'plans' | 'mappings' | 'fidelity' | 'clean-up' | 'events' | 'operation' | 'access';
  /** What it does, in one line. */
  readonly summary: string;
  readonly description?: string;
  /** What it answers with. */
  readonly answer: SchemaName | ApiSchema;
  /** Another media type than JSON. */
  readonly media?: string;
}

/** Says all about a route that the document and the guard want to know. */
export const Operation = (options: OperationOptions): MethodDecorator => {
  const { id, scope, tag, summary, description, answer, media = 'application/json' } = options;
  const schema = typeof answer === 'string' ? schemaRef(answer) : answer;
  const problem = { content: { 'application/problem+json': { schema: schemaRef('Problem') } } };
  return applyDecorators(
    Scope(scope),
    HttpCode(200),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiOperation({
      operationId: id,
      summary,
      description: `${description === undefined ? '' : `${description}\n\n`}Scope: \`${scope}\`.`,
    }),
    ApiResponse({ status: 200, description: 'The answer.', content: { [media]: { schema } } }),
    ApiResponse({ status: 'default', description: 'A refusal, with what to do now.', ...problem }),
  );
};
