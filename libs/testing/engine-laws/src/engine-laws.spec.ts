import { defineResource, impossible, network, pick } from '@osm/resource';
import type { Fixture } from '@osm/testing/resource-contract';
import { z } from 'zod';
import { describeEngineLaws } from './describe-engine-laws.ts';

/** A type made up for the laws that no type of ours has use for yet: it has a secret. */
const credential = defineResource({
  type: 'credential',
  summary: 'A name and its secret.',
  api: network('/credentials', 'credential'),
  source: z.object({ id: z.string(), name: z.string(), description: z.string(), blob: z.string() }),
  needs: {},
  filters: [],
  secret: ['blob'],
  create: (s) => pick(s, 'name', 'description', 'blob'),
  adopt: { marker: 'description' },
  ready: ({ status }) => (status === 'error' ? { failed: 'it is error' } : status === 'busy' ? 'pending' : 'ready'),
  finish: (_s, _to, { id }) => [{ method: 'PUT', path: `/credentials/${id}/tags`, body: { tags: ['done'] } }],
  remove: (s) => [{ method: 'DELETE', path: `/security-group-rules/${s.id}`, accept: [404] }],
  drop: { id: impossible('each cloud gives its own ids') },
});

const full = { id: 'c1', name: 'robot', description: 'of the build', blob: 'correct "horse" battery' };

const fixture: Fixture = {
  minimal: { id: 'c0', name: '', description: '', blob: '', status: 'ok' },
  full,
  needs: [],
  body: { name: 'robot', description: 'of the build', blob: 'correct "horse" battery' },
  traps: [{ ...full, id: 'c2' }],
  ready: [
    { body: { status: 'busy' }, expected: 'pending' },
    { body: { status: 'error' }, expected: { failed: 'error' } },
  ],
};

describeEngineLaws(credential, fixture);
