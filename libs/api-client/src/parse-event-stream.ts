/** One block of an event stream: an id alone tells how far it has come. */
export interface Block {
  readonly id: string | undefined;
  readonly type: string | undefined;
  /** Undefined where the block has none. */
  readonly data: string | undefined;
}

/** The blocks of `text/event-stream`, as far as they came whole: one that was cut off comes again. */
export async function* parseEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<Block, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      // A carriage return at the end may be half of a line end.
      rest = `${rest}${decoder.decode(value, { stream: true })}`.replaceAll('\r\n', '\n');
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield blockOf(block);
    }
  } finally {
    // Whoever stops reading lets go of the connection.
    await reader.cancel();
  }
}

const blockOf = (text: string): Block => {
  const fields = text.split('\n').map((line): readonly [string, string] => {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    return [name, value];
  });
  const last = (wanted: string): string | undefined => fields.findLast(([name]) => name === wanted)?.[1];
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
  return { id: last('id'), type: last('event'), data: data.length === 0 ? undefined : data.join('\n') };
};
