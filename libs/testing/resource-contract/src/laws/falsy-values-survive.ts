import { equalJson, isFailure, type Json, type JsonObject } from '@osm/kernel';
import type { Resource } from '@osm/resource';
import { expect, it } from 'vitest';
import { contextOf, namedTwins } from '../stage.ts';
import type { Law } from './law.ts';

const empty: readonly Json[] = [false, 0, '', [], {}, null];

/** An attribute that is copied is copied also when it is `false`, `0`, `''`, `[]`, `{}` or null. */
export const falsyValuesSurvive: Law = (handler, fixture) => {
  const { body, full } = fixture;
  const copied = Object.keys(body).filter((name) => name in full && equalJson(body[name], full[name]));
  const cases = copied.flatMap((name) =>
    empty
      .map((value) => ({ name, value, changed: { ...full, [name]: value } }))
      .filter(({ changed }) => isReadable(handler, changed)),
  );

  it.each(cases)('copies $name when it is $value', ({ name, value, changed }) => {
    const made = handler.create(changed, namedTwins, contextOf(fixture));
    if (name in (fixture.omitted ?? {}) && !(name in made)) return;
    expect(made).toHaveProperty([name], value);
  });
};

const isReadable = (handler: Resource, attributes: JsonObject): boolean => {
  try {
    handler.check(attributes);
    return true;
  } catch (error) {
    if (isFailure(error) && error.code === 'unreadable-resource') return false;
    throw error;
  }
};
