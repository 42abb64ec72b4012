import { Failure } from '@osm/kernel';
import { askRegistry } from '../ask-registry.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { recordJson } from '../record-json.ts';
import { table } from '../table.ts';

/** In the order of the Python tool, then ours. */
const fields = [
  'uuid',
  'created_at',
  'updated_at',
  'service',
  'resource_type',
  'source_cloud',
  'destination_cloud',
  'source_id',
  'destination_id',
  'status',
  'error_message',
  'archived',
  'source_removed',
  'external',
  'name',
  'project_id',
  'how',
  'plan_id',
] as const;

/** `show UUID`. */
export const show = async (
  context: Context,
  options: { readonly format: 'table' | 'json' },
  uuid = '',
): Promise<number> => {
  const [row] = await askRegistry(context, 'registry.mappings', { uuid, includeArchived: true });
  if (row === undefined) {
    throw new Failure('no-such-record', `there is no migration ${uuid}`, {
      remedy: '`openstack-migrate list --include-archived` shows the UUIDs of all.',
    });
  }
  const record = recordJson(row);
  const rows = fields.map((field) => [titled(field), record[field]]);
  const text = table({ title: 'Migration', columns: ['Field', 'Value'], rows }, context.io);
  context.io.out(options.format === 'json' ? `${JSON.stringify(record)}\n` : text);
  return exitCode.done;
};

const titled = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ');
