import { isJsonObject, type JsonObject } from '@osm/kernel';
import { z } from 'zod';

/** A schema as a table of its members: name, type, whether it may be absent. */
export const shapeTable = (schema: z.ZodType): string => {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonObject;
  const members = isJsonObject(json['properties']) ? json['properties'] : {};
  const names = Object.keys(members);
  if (names.length === 0) return 'No members.\n';
  const required = Array.isArray(json['required']) ? json['required'] : [];
  const rows = names.map((name) => {
    const optional = required.includes(name) ? '' : ' (optional)';
    return `| \`${name}\` | ${typeName(members[name], json)}${optional} |`;
  });
  return ['| member | type |', '| --- | --- |', ...rows, ''].join('\n');
};

const typeName = (schema: unknown, root: JsonObject): string => {
  if (!isJsonObject(schema)) return 'any';
  if (typeof schema['$ref'] === 'string') return 'any JSON';
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(schema['anyOf'])) {
    return schema['anyOf'].map((one: unknown) => typeName(one, root)).join(' or ');
  }
  if (schema['type'] === 'array') return `list of ${typeName(schema['items'], root)}`;
  if (schema['type'] === 'object') return objectName(schema, root);
  return typeof schema['type'] === 'string' ? schema['type'] : 'any JSON';
};

const objectName = (schema: JsonObject, root: JsonObject): string => {
  const members = schema['properties'];
  if (!isJsonObject(members)) return 'object';
  return `{ ${Object.entries(members)
    .map(([name, member]) => `${name}: ${typeName(member, root)}`)
    .join(', ')} }`;
};
