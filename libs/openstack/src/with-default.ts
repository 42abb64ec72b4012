import type { Request } from '@osm/resource';

/** The header, unless it is given already, in whatever case. */
export const withDefault = (
  headers: Request['headers'],
  name: string,
  value: string,
): { readonly [name: string]: string } =>
  Object.keys(headers ?? {}).some((given) => given.toLowerCase() === name.toLowerCase()) ? {} : { [name]: value };
