import { describe, expect, it } from 'vitest';
import type { Schema } from './cinder-nova-validation.ts';
import { faultBody, object, positiveInteger, repr, uuid, validate } from './cinder-nova-validation.ts';
import type { Json } from './frame.ts';
import { Refusal } from './frame.ts';

function flaw(schema: Schema, body: Json): string {
  try {
    validate(schema, body);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  return '';
}

describe('validation as Python’s jsonschema does it', () => {
  const schema = object({ row: object({ size: positiveInteger, id: uuid, kind: { enum: ['a', null] } }, ['size']) }, [
    'row',
  ]);

  it('lets pass what fits', () => {
    expect(validate(schema, { row: { size: '3' } })).toEqual({ row: { size: '3' } });
  });

  it('words each flaw as Python does, the first one in the order of the schema', () => {
    expect(flaw(schema, null)).toBe("None is not of type 'object'");
    expect(flaw(schema, {})).toBe("'row' is a required property");
    const about = 'Invalid input for field/attribute ';
    expect(flaw(schema, { row: { size: true } })).toBe(
      `${about}size. Value: True. True is not of type 'integer', 'string'`,
    );
    expect(flaw(schema, { row: { size: '0' } })).toBe(`${about}size. Value: 0. 0 is less than the minimum of 1`);
    expect(flaw(schema, { row: { id: 'x', size: 1 } })).toBe(`${about}id. Value: x. 'x' is not a 'uuid'`);
    expect(flaw(schema, { row: { size: 1, kind: 'b' } })).toBe(`${about}kind. Value: b. 'b' is not one of ['a', None]`);
    expect(flaw(schema, { row: { size: 1, x: 1, y: [2] } })).toBe(
      `${about}row. Value: {'size': 1, 'x': 1, 'y': [2]}. Additional properties are not allowed ('x', 'y' were unexpected)`,
    );
  });

  it('writes values as Python does', () => {
    expect(repr({ a: [null, true, 1.5, "it's", '\n'] })).toBe(`{'a': [None, True, 1.5, "it's", '\\n']}`);
  });
});

describe('the body of a refusal', () => {
  it('names the fault by its status, with the time to wait where there is one', () => {
    expect(faultBody(new Refusal(404, 'gone')).body).toEqual({ itemNotFound: { code: 404, message: 'gone' } });
    expect(faultBody(new Refusal(406, 'no')).body).toEqual({ computeFault: { code: 406, message: 'no' } });
    expect(faultBody(new Refusal(413, 'much', '', { 'Retry-After': '0' })).body).toEqual({
      overLimit: { code: 413, message: 'much', retryAfter: '0' },
    });
  });
});
