import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problemStatuses } from '../problem.ts';
import { answerSchemas } from './answer-schemas.ts';

/** The OpenAPI document of the admin API, made from its routes. */
export const apiDocument = (app: INestApplication, version = '1'): OpenAPIObject => {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('openstack-migrate')
    .setDescription(
      'The admin API. Every request carries a token (`Authorization: Bearer …`) with the scope that the operation names; ' +
        'every refusal is a problem with a remedy. A change is answered with the log position that it produced; a query that ' +
        'names `atLeast` waits until its answer has seen that position.',
    )
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token of `openstack-migrate token create`.' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { deepScanRoutes: true, autoTagControllers: false });
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/')));
  const { components = {} } = document;
  // The library's types are those of OpenAPI 3.0; 3.1 takes JSON schemas as they are.
  const schemas = { ...components.schemas, ...(answerSchemas as NonNullable<typeof components.schemas>) };
  return { ...document, paths, components: { ...components, schemas }, ...{ 'x-problems': problemStatuses } };
};
