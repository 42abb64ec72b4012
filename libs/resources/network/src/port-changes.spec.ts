import { changedAttributes } from '@osm/resource';
import { policyOf } from '@osm/testing/resource-contract';
import { expect, it } from 'vitest';
import { port } from './port.ts';
import { portFixture } from './port.fixture.ts';

const { full } = portFixture;
const changed = (now: object): readonly string[] => changedAttributes(port, policyOf(), full, { ...full, ...now });

it('takes a name that went with the server for no change of the port', () => {
  expect(changed({ device_id: '', device_owner: '', dns_name: '' })).toEqual([]);
});

it('takes a name that somebody else has given for a change', () => {
  expect(changed({ dns_name: 'other' })).toEqual(['dns_name']);
});
