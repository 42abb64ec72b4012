import { expect, it } from 'vitest';
import { contextOf, numberedTwins, policyOf, stageMarker, twinFor } from '../stage.ts';
import { texts } from '../texts.ts';
import type { Law } from './law.ts';

/** An id of the source means nothing at the destination, or worse, something else. */
export const noSourceIdLeaks: Law = (handler, fixture) => {
  it('sends no id of the source to the destination', () => {
    const twinOf = numberedTwins();
    const context = contextOf(fixture);
    const related = [...handler.needs(fixture.full, policyOf()), ...handler.links(fixture.full)];
    const ids = [...new Set([handler.id(fixture.full), ...related.map(({ ref }) => ref.id)])];
    const lookup = handler.lookup(fixture.full, twinOf, stageMarker, context.policy);
    const { twin: _shown, fresh: _fresh, ...bare } = fixture;
    const twin = twinFor(handler, bare, fixture.full, twinOf);
    const sent = [
      handler.create(fixture.full, twinOf, context),
      handler.expect(fixture.full, twinOf, context),
      handler.finish(fixture.full, twinOf, twin, context),
      lookup.kind === 'unique' ? [lookup.query, lookup.match] : lookup,
    ];
    const leaks = texts(sent).filter((text) => ids.some((id) => isNamedIn(id, text)));
    expect(leaks).toEqual([]);
  });
};

/** Short ids (`default`, `1`) are ordinary words, too: only the whole text counts. */
const isNamedIn = (id: string, text: string): boolean => (id.length < 16 ? text === id : text.includes(id));
