/** A header's value as people wrote it: Swift sends UTF-8, and HTTP libraries read each byte as a character. */
export const textOfHeader = (value: string): string => {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : value;
};

/** The same the other way round. What has characters that stand for single bytes only is written as it is. */
export const headerOfText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
