import { linksOf, listBody } from './cinder-page.ts';
import type { QosSpecs } from './cinder-rows.ts';
import { needAdmin, qosSpecs, volumeTypes } from './cinder-rows.ts';
import { typeOf } from './cinder-types.ts';
import { textsOf } from './cinder-volumes.ts';
import { repr } from './cinder-nova-validation.ts';
import type { Call, JsonObject, Reply } from './frame.ts';
import { bodyOf, isObject, Refusal } from './frame.ts';

const READ = 'volume_extension:qos_specs_manage:get';

/** GET /qos-specs. */
export function listQos(call: Call): Reply {
  needAdmin(call, `${READ}_all`);
  const rows = [...qosSpecs(call.cloud).values()].reverse();
  const missingMarker = (id: string): Refusal => new Refusal(404, `No such QoS spec ${id}.`);
  const body = listBody(call, rows, {
    path: 'qos-specs',
    key: 'qos_specs',
    links: 'qos_specs_links',
    view,
    missingMarker,
  });
  return { status: 200, body };
}

/** POST /qos-specs: what is not name or consumer is a spec. */
export function createQos(call: Call): Reply {
  needAdmin(call, 'volume_extension:qos_specs_manage:create');
  const { name, consumer, ...specs } = bodyOf(call, 'qos_specs');
  if (typeof name !== 'string') {
    const value = repr(isObject(call.body) ? call.body.qos_specs : null);
    throw new Refusal(
      400,
      `Invalid input for field/attribute qos_specs. Value: ${value}. 'name' is a required property`,
    );
  }
  if ([...qosSpecs(call.cloud).values()].some((row) => row.name === name)) {
    throw new Refusal(409, `QoS Specs ${name} already exists.`);
  }
  const row: QosSpecs = {
    id: call.cloud.newId(),
    name,
    consumer: typeof consumer === 'string' ? consumer : 'back-end',
    specs: textsOf(specs),
  };
  qosSpecs(call.cloud).set(row.id, row);
  return shown(call, row);
}

/** GET /qos-specs/:id. */
export function showQos(call: Call): Reply {
  needAdmin(call, READ);
  return shown(call, qosOf(call));
}

/** PUT /qos-specs/:id. */
export function updateQos(call: Call): Reply {
  needAdmin(call, 'volume_extension:qos_specs_manage:update');
  const { consumer, ...specs } = bodyOf(call, 'qos_specs');
  const row = qosOf(call);
  if (typeof consumer === 'string') row.consumer = consumer;
  Object.assign(row.specs, textsOf(specs));
  return { status: 200, body: { qos_specs: bodyOf(call, 'qos_specs') } };
}

/** DELETE /qos-specs/:id. */
export function deleteQos(call: Call): Reply {
  needAdmin(call, 'volume_extension:qos_specs_manage:delete');
  const row = qosOf(call);
  if (typesOf(call, row).length > 0) throw new Refusal(400, 'Qos specs still in use.');
  qosSpecs(call.cloud).delete(row.id);
  return { status: 202 };
}

/** GET /qos-specs/:id/associations. */
export function listAssociations(call: Call): Reply {
  needAdmin(call, `${READ}_all`);
  const associations = typesOf(call, qosOf(call)).map(({ id, name }) => ({
    association_type: 'volume_type',
    name,
    id,
  }));
  return { status: 200, body: { qos_associations: associations } };
}

/** GET /qos-specs/:id/associate and disassociate, with `vol_type_id`: Cinder changes things by GET here. */
export function associateQos(call: Call, associate: boolean): Reply {
  needAdmin(call, 'volume_extension:qos_specs_manage:update');
  const id = call.query.get('vol_type_id');
  if (id === null || id === '') throw new Refusal(400, 'Volume Type id must not be None.');
  const row = qosOf(call);
  typeOf(call, id).qosSpecsId = associate ? row.id : null;
  return { status: 202 };
}

function qosOf(call: Call): QosSpecs {
  const id = call.params.id ?? '';
  const row = qosSpecs(call.cloud).get(id);
  if (row === undefined) throw new Refusal(404, `No such QoS spec ${id}.`);
  return row;
}

function typesOf(call: Call, row: QosSpecs) {
  return [...volumeTypes(call.cloud).values()].filter((type) => type.qosSpecsId === row.id);
}

function shown(call: Call, row: QosSpecs): Reply {
  return { status: 200, body: { qos_specs: view(row), links: linksOf(call, 'qos-specs', row.id) } };
}

function view(row: QosSpecs): JsonObject {
  return { id: row.id, name: row.name, consumer: row.consumer, specs: { ...row.specs } };
}
