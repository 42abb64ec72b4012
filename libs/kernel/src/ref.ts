/** One resource of a cloud whose name is clear from where the reference stands. */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

/** The reference as one text, for keys of maps; types have no slash. */
export const refKey = (ref: Ref): string => `${ref.type}/${ref.id}`;

export const parseRefKey = (key: string): Ref => {
  const at = key.indexOf('/');
  return { type: key.slice(0, at), id: key.slice(at + 1) };
};
