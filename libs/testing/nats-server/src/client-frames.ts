/** One thing that a NATS client says: a line, or a message with all of its bytes. */
export interface ClientFrame {
  readonly bytes: Buffer;
  /** All of it, as text. */
  readonly text: string;
}

/** Cuts what a NATS client sends into what it says, however the network has cut it. */
export const clientFrames = () => {
  let rest: Buffer = Buffer.alloc(0);
  const next = (): ClientFrame | undefined => {
    const end = rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = rest.toString('latin1', 0, end);
    const words = line.split(' ');
    const isMessage = words[0] === 'PUB' || words[0] === 'HPUB';
    const payload = isMessage ? Number(words.at(-1)) + 2 : 0;
    const length = end + 2 + payload;
    if (rest.length < length) return undefined;
    const bytes = rest.subarray(0, length);
    rest = rest.subarray(length);
    return { bytes, text: bytes.toString('latin1') };
  };
  return (chunk: Buffer): readonly ClientFrame[] => {
    rest = Buffer.concat([rest, chunk]);
    const frames: ClientFrame[] = [];
    for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
    return frames;
  };
};
