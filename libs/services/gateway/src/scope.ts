import type { Scope as ScopeName } from '@osm/contracts';
import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Under this the guard finds what a route wants of a token. */
export const scopeKey = 'osm:scope';

/** What a token must have in its scopes to ask this route. */
export const Scope = (scope: ScopeName): CustomDecorator => SetMetadata(scopeKey, scope);
