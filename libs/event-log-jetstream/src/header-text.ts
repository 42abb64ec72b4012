/**
 * A header's value as CloudEvents' bindings want it: everything that is not plain ASCII, and the space, `"` and `%`, is
 * percent-encoded. So any text passes, and no text can end the header.
 */
export const headerText = (text: string): string =>
  text.replace(/[^\x21\x23\x24\x26-\x7e]+/g, (odd) =>
    [...Buffer.from(odd, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );

/** The inverse of `headerText`. */
export const textOfHeader = (header: string): string => decodeURIComponent(header);
