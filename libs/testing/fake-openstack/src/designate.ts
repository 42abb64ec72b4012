import { randomUUID } from 'node:crypto';
import * as recordsets from './designate-recordsets.ts';
import { InvalidObject } from './designate-rows.ts';
import * as zones from './designate-zones.ts';
import type { Call, FakeCloudOptions, JsonObject, Reply, Route, Service } from './frame.ts';

/** Designate: zones and their sets of records, with a pool of one name server. It knows no shares and no transfers. */
export function dnsService({ release }: FakeCloudOptions): Service {
  return {
    prefix: 'dns',
    type: 'dns',
    name: 'designate',
    endpointPath: '',
    routes: [{ method: 'GET', path: '/', open: true, handle: (call) => versions(call, release) }, ...routes],
    refusal: (refusal) => {
      if (refusal.type === 'empty') return { text: '' };
      const { status: code, type, message } = refusal;
      const request_id = `req-${randomUUID()}`;
      const why: JsonObject =
        refusal instanceof InvalidObject
          ? { errors: { errors: [...refusal.errors] } }
          : message === ''
            ? {}
            : { message };
      return { body: { code, type: type === '' || type.startsWith('HTTP') ? 'not_found' : type, ...why, request_id } };
    },
  };
}

const on = (method: string, path: string, handle: (call: Call) => Reply): Route => ({
  method,
  path: `/v2/${path}`,
  handle,
});

const routes: readonly Route[] = [
  on('GET', 'zones', zones.listZones),
  on('POST', 'zones', zones.createZone),
  on('GET', 'zones/:id', zones.showZone),
  on('PATCH', 'zones/:id', zones.updateZone),
  on('DELETE', 'zones/:id', zones.deleteZone),
  on('GET', 'zones/:id/recordsets', recordsets.listRecordsets),
  on('POST', 'zones/:id/recordsets', recordsets.createRecordset),
  on('GET', 'zones/:id/recordsets/:recordset', recordsets.showRecordset),
  on('PUT', 'zones/:id/recordsets/:recordset', recordsets.updateRecordset),
  on('DELETE', 'zones/:id/recordsets/:recordset', recordsets.deleteRecordset),
  on('GET', 'recordsets', recordsets.listAllRecordsets),
];

function versions(call: Call, release: FakeCloudOptions['release']): Reply {
  const ids = release === 'zed' ? ['v2', 'v2.0'] : ['v2', 'v2.0', 'v2.1'];
  const links = [
    { href: `${call.baseUrl}/v2`, rel: 'self' },
    { href: 'https://docs.openstack.org/api-ref/dns', rel: 'help' },
  ];
  const one = (id: string): JsonObject => ({
    id,
    links,
    status: id === ids.at(-1) ? 'CURRENT' : 'SUPPORTED',
    updated: id === 'v2.1' ? '2023-01-25T00:00:00Z' : '2022-06-29T00:00:00Z',
  });
  return { status: 200, body: { versions: ids.map(one) } };
}
