import type { Finding } from '@osm/api-client';

const order: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** The findings, the worst first; the same words about several resources are said once, and counted. */
export const groupFindings = (
  findings: readonly Finding[],
): readonly { readonly finding: Finding; readonly count: number }[] => {
  const alike = Map.groupBy(findings, ({ severity, code, message, remedy }) =>
    JSON.stringify([severity, code, message, remedy]),
  );
  return [...alike.values()]
    .flatMap((each) => (each[0] === undefined ? [] : [{ finding: each[0], count: each.length }]))
    .toSorted((a, b) => order.indexOf(a.finding.severity) - order.indexOf(b.finding.severity));
};
