import { scopes } from '@osm/contracts';
import { listOf, oneOf, orNull, text, time, truth } from './api/schema-of.ts';

/** What is told of a token, as the document has it. */
export const tokenFields = {
  tokenId: text('Its id.'),
  name: text('Whose word counts as: `by` of whatever is asked with it.', 'ann'),
  scopes: listOf(oneOf('What it allows.', ...scopes)),
  expiresAt: orNull(time('When it ends; null: not by itself.')),
  revoked: truth('It was taken back.'),
  counts: truth('It is neither revoked nor past its time.'),
} as const;
