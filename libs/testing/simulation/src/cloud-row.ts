import { isJsonObject, markerPrefix, type JsonObject } from '@osm/kernel';

/** A row of a cloud, and what only the simulation knows of it. */
export interface Row {
  readonly attributes: JsonObject;
  /** The marker that it was made with, also where it is taken out again later. */
  readonly mark: string | undefined;
  /** The life that asked for it; undefined: it was there from the beginning. */
  readonly madeBy: string | undefined;
}

/** The marker that a row carries now, wherever it carries it. */
export const marks = (attributes: JsonObject): string | undefined => {
  const { description, name, metadata } = attributes;
  const texts = [description, name, isJsonObject(metadata) ? metadata['osm_marker'] : undefined];
  return texts.find((text): text is string => typeof text === 'string' && text.startsWith(markerPrefix));
};
