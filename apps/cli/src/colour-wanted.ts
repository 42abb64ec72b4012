/**
 * Whether what is written may have colours: on a terminal that has them, unless NO_COLOR says otherwise; and elsewhere where
 * FORCE_COLOR asks for it, which counts more than NO_COLOR, as it does in other programs.
 */
export const colourWanted = (
  { NO_COLOR: no = '', FORCE_COLOR: force, TERM: term }: { readonly [name: string]: string | undefined },
  terminal: boolean,
): boolean => {
  if (force !== undefined) return force !== '0' && force !== 'false';
  return terminal && no === '' && term !== 'dumb';
};
