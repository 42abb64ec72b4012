import type { MappingRow, RequestOf } from '@osm/contracts';
import { serviceOf, serviceWords } from './service-words.ts';
import { wrongUse } from './wrong-use.ts';

/** The options by which records are chosen. */
export interface RecordOptions {
  readonly service?: string;
  readonly resourceType?: string;
  readonly id?: string;
  readonly status?: string;
  readonly sourceId?: string;
  readonly archived?: boolean;
  readonly includeArchived?: boolean;
  readonly external?: boolean;
  readonly sourceRemoved?: boolean;
  readonly excludeSourceRemoved?: boolean;
}

const statuses: readonly MappingRow['status'][] = [
  'in-progress',
  'failed',
  'pending-members',
  'pending-cleanup',
  'completed',
  'source-cleanup-failed',
  'rolled-back',
];

/** The registry's question for these options. A word that can fit nothing is wrong use, not an empty answer. */
export const recordFilters = (options: RecordOptions): RequestOf<'registry.mappings'> => {
  const { service, status } = options;
  if (service !== undefined && !serviceWords.includes(service.toLowerCase())) {
    throw wrongUse(`there is no service ${service}`, `There are ${serviceWords.join(', ')}.`);
  }
  if (status !== undefined && !statuses.some((known) => known === status)) {
    throw wrongUse(`there is no status ${status}`, `There are ${statuses.join(', ')}.`);
  }
  if (options.sourceRemoved === true && options.excludeSourceRemoved === true) {
    throw wrongUse('both --source-removed and --exclude-source-removed are there', 'Leave one of them out.');
  }
  const removed = options.sourceRemoved === true ? true : options.excludeSourceRemoved === true ? false : undefined;
  return given({
    service: service === undefined ? undefined : serviceOf(service),
    type: options.resourceType,
    uuid: options.id,
    status,
    sourceId: options.sourceId,
    archived: options.archived === true ? true : undefined,
    includeArchived: options.includeArchived === true ? true : undefined,
    external: options.external === true ? true : undefined,
    sourceRemoved: removed,
  });
};

/** Whether any of these options narrows the records down. */
export const narrows = (options: RecordOptions): boolean => Object.keys(recordFilters(options)).length > 0;

const given = <Asked extends object>(asked: Asked): Asked =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Asked;
