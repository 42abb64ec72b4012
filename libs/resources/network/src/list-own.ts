import type { JsonObject } from '@osm/kernel';
import type { Api, Cloud, Query, Resource } from '@osm/resource';

type ListAll = NonNullable<Resource['listAll']>;

/**
 * Lists a type of Neutron. An administrator who works for one project is shown everybody's all the same, so the project is
 * named. A type that exists only with an `extension` has none elsewhere, and that is no failure.
 */
export const listOwn = ({ path, many }: Api, extension?: string): ListAll =>
  async function* (cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject> {
    if (extension !== undefined && !(await cloud.extensions()).has(extension)) return;
    yield* cloud.list('network', path, { key: many, query: await ownQuery(cloud, scope) });
  };

const ownQuery = async (cloud: Cloud, scope: 'all-tenants' | 'own-project'): Promise<Query> => {
  const { projectId } = scope === 'own-project' ? await cloud.whoAmI() : {};
  return projectId === undefined ? {} : { project_id: projectId };
};
