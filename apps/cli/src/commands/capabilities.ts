import type { Resource } from '@osm/resource';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { membersOf } from '../scan-types.ts';
import { projectOf } from '../service-words.ts';
import { handlerNamed } from '../session.ts';
import { table } from '../table.ts';

interface Options {
  readonly resourceType?: string;
  readonly format: 'table' | 'json';
}

/** `capabilities`: of all types, or of one. */
export const capabilities = async ({ io }: Context, options: Options): Promise<number> => {
  const { resourceTypes } = await import('@osm/resources/all');
  const handlers = new Map(resourceTypes.map((handler) => [handler.type, handler]));
  const chosen = options.resourceType === undefined ? resourceTypes : [await handlerNamed(options.resourceType)];
  const all = chosen.map((handler) => capability(handlers, handler));
  if (options.format === 'json') io.out(`${JSON.stringify(options.resourceType === undefined ? all : all[0])}\n`);
  else
    io.out(options.resourceType === undefined ? tableOfAll(all, io) : all.map((each) => tableOfOne(each, io)).join(''));
  return exitCode.done;
};

const capability = (handlers: ReadonlyMap<string, Resource>, handler: Resource) => ({
  service: projectOf(handler.api.service),
  resource_type: handler.type,
  member_resource_types: membersOf(handlers, handler.type),
  associated_resource_types: handler.needTypes,
  batch_resource_filters: handler.filters,
  summary: handler.summary,
});

type Capability = ReturnType<typeof capability>;

const cells = (each: Capability): readonly string[] => [
  each.service.charAt(0).toUpperCase() + each.service.slice(1),
  each.resource_type,
  listed(each.member_resource_types),
  listed(each.associated_resource_types),
  listed(each.batch_resource_filters),
];

const listed = (words: readonly string[]): string => (words.length === 0 ? '-' : words.join(', '));

const names = [
  'Service',
  'Resource type',
  'Member resource types',
  'Associated resource types',
  'Batch resource filters',
];

const tableOfAll = (all: readonly Capability[], io: Io): string =>
  table(
    {
      title: 'Migration handlers',
      columns: names,
      rows: all.map(cells).toSorted(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0)),
    },
    io,
  );

const tableOfOne = (each: Capability, io: Io): string =>
  table(
    {
      title: 'Migration handler',
      columns: ['Property', 'Value'],
      rows: cells(each).map((value, at) => [names[at] ?? '', value]),
    },
    io,
  );
