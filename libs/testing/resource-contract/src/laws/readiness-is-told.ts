import { expect, it } from 'vitest';
import type { Law } from './law.ts';

/** Waiting ends: with a ready twin, or with the cloud's own reason why there is none. */
export const readinessIsTold: Law = (handler, fixture) => {
  it.each([...(fixture.ready ?? [])])('says $expected of a twin', ({ body, expected }) => {
    const state = handler.ready(body);
    if (typeof expected === 'string') expect(state).toBe(expected);
    else expect(state).toEqual({ failed: expect.stringContaining(expected.failed) });
  });
};
