import { decodeToken, encodeToken, parseRouteKey, routeKey, type Ref, type Route } from '@osm/kernel';

const prefix = 'osm.evt';

/** All events. */
export const everyEvent = `${prefix}.>`;

export const scanSubject = (scanId: string): string => `${prefix}.scan.${encodeToken(scanId)}`;
export const planSubject = (planId: string): string => `${prefix}.plan.${encodeToken(planId)}`;
export const inventorySubject = (cloud: string, ref: Ref): string =>
  [prefix, 'inventory', cloud, ref.type, ref.id].map((part, at) => (at < 2 ? part : encodeToken(part))).join('.');
export const migrationSubject = (route: Route, ref: Ref): string =>
  `${prefix}.migration.${routeKey(route)}.${encodeToken(ref.type)}.${encodeToken(ref.id)}`;

/** What people allow the transfers: one aggregate for the whole installation. */
export const limitsSubject = `${prefix}.limits`;

/** Who may ask the admin API for what: one aggregate for the whole installation. */
export const accessSubject = `${prefix}.access`;

/** Filters: the events of one kind of aggregate, or a part of them. */
export const everyScan = `${prefix}.scan.>`;
export const everyPlan = `${prefix}.plan.>`;
export const everyMigration = `${prefix}.migration.>`;
export const inventoryOf = (cloud: string): string => `${prefix}.inventory.${encodeToken(cloud)}.>`;
export const inventoryOfType = (cloud: string, type: string): string =>
  `${prefix}.inventory.${encodeToken(cloud)}.${encodeToken(type)}.>`;
export const migrationsOf = (route: Route): string => `${prefix}.migration.${routeKey(route)}.>`;

/** What a subject is about. */
export type Subject =
  | { readonly aggregate: 'scan'; readonly scanId: string }
  | { readonly aggregate: 'plan'; readonly planId: string }
  | { readonly aggregate: 'inventory'; readonly cloud: string; readonly ref: Ref }
  | { readonly aggregate: 'migration'; readonly route: Route; readonly ref: Ref }
  | { readonly aggregate: 'limits' }
  | { readonly aggregate: 'access' };

/** The inverse of the functions above; a subject that none of them made is an error of the caller. */
export const parseSubject = (subject: string): Subject => {
  const [, , aggregate, ...rest] = subject.split('.');
  const [first = '=', second = '=', third = '='] = rest;
  switch (aggregate) {
    case 'scan':
      return { aggregate, scanId: decodeToken(first) };
    case 'plan':
      return { aggregate, planId: decodeToken(first) };
    case 'inventory':
      return { aggregate, cloud: decodeToken(first), ref: { type: decodeToken(second), id: decodeToken(third) } };
    case 'migration':
      return { aggregate, route: parseRouteKey(first), ref: { type: decodeToken(second), id: decodeToken(third) } };
    case 'limits':
    case 'access':
      return { aggregate };
    default:
      throw new TypeError(`not a subject of ours: ${subject}`);
  }
};
