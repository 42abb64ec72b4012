import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { createRequire } from 'node:module';
import path from 'node:path';
import { apiDocument } from './api/api-document.ts';

/** Serves the description of the API, for people and for programs. Made when it is first asked for: that takes a moment. */
export const serveDocs = (app: NestExpressApplication): void => {
  const files = uiFiles();
  SwaggerModule.setup('docs', app, () => apiDocument(app), {
    ...{ jsonDocumentUrl: 'docs/openapi.json', raw: ['json'], customSiteTitle: 'openstack-migrate: the admin API' },
    ...(files === undefined ? { ui: false } : { customSwaggerUiPath: files }),
  });
};

/** The files of Swagger UI on this machine: nothing comes from elsewhere. Undefined where they were left out. */
const uiFiles = (): string | undefined => {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  } catch (error) {
    new Logger('gateway').warn(`/docs shows nothing, for swagger-ui-dist is not installed: ${String(error)}`);
    return undefined;
  }
};
