/** The version, as `--version` tells it; the same as that of `@osm/runtime`, which is too much to load for that. */
export const version = '0.1.0';
