import type { Answers, FidelityRow, MappingRow, SidesRow } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { fidelity } from './fidelity.ts';
import { mapping } from './mapping-page.ts';

/** Source and twin of one mapping, attribute by attribute, by name. Raises `no-such-mapping`. */
export const sides = (db: Database, uuid: string): Answers['registry.sides'] => {
  const row = mapping(db, uuid);
  const { resource_type: type, source_id: id, source_cloud: source, destination_cloud: destination } = row;
  const here = attributesIn(db, source, type, id);
  const there = row.destination_id === null ? {} : attributesIn(db, destination, type, row.destination_id);
  const verdicts = new Map(verdictsOf(db, row).map((one) => [one.attribute, one]));
  const names = new Set([...verdicts.keys(), ...Object.keys(here), ...Object.keys(there)]);
  // Shown by the comparison or by a scan, whichever knows it.
  const told = (attribute: string): SidesRow => {
    const one = verdicts.get(attribute);
    const { verdict = null, reason = null } = one ?? {};
    const from = one?.source ?? here[attribute];
    const to = one?.destination ?? there[attribute] ?? (verdict === 'equal' ? from : undefined);
    return {
      ...{ attribute, verdict, reason },
      ...(from === undefined ? {} : { source: from }),
      ...(to === undefined ? {} : { destination: to }),
    };
  };
  return { mapping: row, attributes: [...names].sort().map(told) };
};

const verdictsOf = (db: Database, { resource_type: type, source_id: id, ...row }: MappingRow): readonly FidelityRow[] =>
  fidelity(db, { route: { source: row.source_cloud, destination: row.destination_cloud }, type, id });

const attributesIn = (db: Database, cloud: string, type: string, id: string): JsonObject => {
  const text = db
    .prepare<[string, string, string], string>(
      'SELECT attributes FROM inventory WHERE cloud = ? AND resource_type = ? AND source_id = ?',
    )
    .pluck()
    .get(cloud, type, id);
  return text === undefined ? {} : (JSON.parse(text) as JsonObject);
};
