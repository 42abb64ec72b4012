import type { Sides } from '@osm/api-client';

/** One attribute at both ends. */
export type Side = Sides['attributes'][number];

const order: readonly Side['verdict'][] = ['lost', 'impossible', 'unknown', 'mapped', null, 'equal'];

/** The attributes, what needs a person first; equal ones only where they are wanted. */
export const sideLines = (sides: readonly Side[], withEqual: boolean): readonly Side[] =>
  sides
    .filter(({ verdict }) => withEqual || verdict !== 'equal')
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || (a.attribute < b.attribute ? -1 : 1));

/** How many of them are equal. */
export const equalCount = (sides: readonly Side[]): number => sides.filter(({ verdict }) => verdict === 'equal').length;
