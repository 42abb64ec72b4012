import type { FidelityCount } from '@osm/api-client';
import { sumOf, worstFirst, type VerdictCounts } from './verdicts.ts';

/** A project, or a type in it, or all there is. */
export interface FidelityNode {
  readonly key: string;
  readonly name: string;
  readonly sort?: 'project';
  readonly counts: VerdictCounts & { readonly resources: number };
  /** What is shown where it is chosen; undefined: choosing it only opens it. */
  readonly shows?: { readonly project?: string; readonly type?: string };
  readonly children: readonly FidelityNode[];
}

/** The key of a project's node, or of a type's in it; of neither, that of everything. */
export const fidelityKey = (project: string | undefined, type: string | undefined): string =>
  `${project ?? ''}/${type ?? ''}`;

/** By project and type; where most was lost stands first. What is in no project is asked for by its type only. */
export const fidelityTree = (counts: readonly FidelityCount[]): readonly FidelityNode[] => {
  const projects = Map.groupBy(counts, ({ project_id: id }) => id ?? '');
  const free = projects.get('') ?? [];
  projects.delete('');
  const node = (key: string, name: string, rows: readonly FidelityCount[]) => ({ key, name, counts: sumOf(rows) });
  return [
    { ...node(fidelityKey(undefined, undefined), 'Everything', counts), shows: {}, children: [] },
    ...sorted(
      [...projects].map(([project, rows]) => ({
        ...node(fidelityKey(project, undefined), nameOf(rows, project), rows),
        sort: 'project' as const,
        shows: { project },
        children: types(rows, project),
      })),
    ),
    ...(free.length === 0 ? [] : [{ ...node('free', 'In no project', free), children: types(free, undefined) }]),
  ];
};

const types = (rows: readonly FidelityCount[], project: string | undefined): readonly FidelityNode[] =>
  sorted(
    [...Map.groupBy(rows, ({ resource_type: type }) => type)].map(([type, each]) => ({
      key: fidelityKey(project, type),
      name: type,
      counts: sumOf(each),
      shows: { type, ...(project === undefined ? {} : { project }) },
      children: [],
    })),
  );

const nameOf = (rows: readonly FidelityCount[], id: string): string => {
  const name = rows[0]?.project_name ?? '';
  return name === '' ? id : name;
};

const sorted = (nodes: readonly FidelityNode[]): readonly FidelityNode[] =>
  nodes.toSorted((a, b) => worstFirst(a.counts, b.counts) || a.name.localeCompare(b.name, 'en'));
