import type { Cloud } from './cloud.ts';
import type { Resource } from './resource.ts';

/**
 * The cloud as an administrator who works for all tenants asks it about resources of this type: some services show
 * others' resources only to those who ask for them with a header. Tokens of a project never carry it.
 */
export const forAllTenants = (cloud: Cloud, { api: { service, allTenantsHeaders } }: Resource): Cloud => {
  if (allTenantsHeaders === undefined) return cloud;
  const dressed = <T extends { readonly headers?: { readonly [name: string]: string } }>(of: string, request: T): T =>
    of === service ? { ...request, headers: { ...allTenantsHeaders, ...request.headers } } : request;
  return {
    ...cloud,
    send: (of, request, signal) => cloud.send(of, dressed(of, request), signal),
    list: (of, path, options, signal) => cloud.list(of, path, dressed(of, options), signal),
    download: (of, request, signal) => cloud.download(of, dressed(of, request), signal),
    upload: (of, request, size, signal) => cloud.upload(of, dressed(of, request), size, signal),
  };
};
