import type { HashName, Moved, MoveOptions, Reader, Writer } from '@osm/resource';
import { createHash } from 'node:crypto';

export interface MoveOrder extends MoveOptions {
  /** Bytes moved so far, those of before included, of how many. */
  progress(bytes: number, total: number | undefined): void;
}

/** `reader → meter → hash if needed → writer`. Lets go of both ends, however it ends. */
export const move = async <Receipt>(
  reader: Reader,
  writer: Writer<Receipt>,
  { signal, progress, hash, already = 0, total }: MoveOrder,
): Promise<Moved<Receipt>> => {
  const whole = total ?? (reader.size === undefined ? undefined : already + reader.size);
  const digest = hash === undefined ? undefined : createHash(nodeName[hash]);
  let bytes = 0;
  try {
    await reader.read((chunk) => {
      bytes += chunk.length;
      digest?.update(chunk);
      progress(already + bytes, whole);
      return writer.write(chunk);
    }, signal);
    const receipt = await writer.end();
    return { bytes, hash: digest?.digest('hex'), receipt };
  } catch (error) {
    writer.abort(error);
    throw error;
  } finally {
    reader.close();
  }
};

const nodeName: { readonly [name in HashName]: string } = {
  sha512: 'sha512',
  sha384: 'sha384',
  sha256: 'sha256',
  sha1: 'sha1',
  md5: 'md5',
};
