import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Under this the guard finds that a route wants no token. */
export const openKey = 'osm:open';

/** Marks a route that whoever reaches the port may ask: health, and nothing of what is migrated. */
export const OpenRoute = (): CustomDecorator => SetMetadata(openKey, true);
