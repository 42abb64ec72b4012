import type { Finding } from '@osm/api-client';
import { expect, it } from 'vitest';
import { groupFindings } from './group-findings.ts';

const finding = (severity: Finding['severity'], message: string): Finding => ({
  ...{ code: 'c', severity, message, remedy: 'r' },
});

it('tells the worst first, and the same once', () => {
  const findings = [finding('info', 'a'), finding('warning', 'b'), finding('error', 'c'), finding('warning', 'b')];
  expect(groupFindings(findings).map(({ finding: { message }, count }) => [message, count])).toEqual([
    ['c', 1],
    ['b', 2],
    ['a', 1],
  ]);
});
