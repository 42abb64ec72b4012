import { Controller, Get, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Operation } from './operation.ts';
import { listOf, ref } from './schema-of.ts';
import { Streams, type Stream } from './streams.ts';
import { TelemetryBoard, type TelemetryRow } from './telemetry-board.ts';

const tag = 'events';

/** What moves and waits, beside the log: lossy, and nothing depends on it. */
@Controller('v1/telemetry')
export class TelemetryController {
  constructor(
    private readonly board: TelemetryBoard,
    private readonly streams: Streams,
  ) {}

  @Get()
  @Operation({
    id: 'telemetry',
    scope: 'view',
    tag,
    summary: 'What moves and waits now.',
    answer: listOf(ref('Telemetry')),
  })
  now(): readonly TelemetryRow[] {
    return this.board.rows();
  }

  @Get('stream')
  @Operation({
    id: 'telemetry.stream',
    scope: 'view',
    tag,
    summary: 'What moves and waits, as it happens (server-sent events).',
    description: 'First how everything stands, then what changes: the event is the state, the data the row as JSON.',
    media: 'text/event-stream',
    answer: { type: 'string' },
  })
  async stream(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.streams.open(request, response, (stream) => this.#tell(stream));
  }

  /** A slow listener is told the newest word of each step, not every one. */
  async #tell({ signal, send }: Stream): Promise<void> {
    const keyOf = (row: TelemetryRow): string => `${row.plan_id} ${row.step_id}`;
    const waiting = new Map(this.board.rows().map((row) => [keyOf(row), row]));
    let wake = (): void => {};
    const deaf = this.board.listen((row) => {
      waiting.set(keyOf(row), row);
      wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        for (const [key, row] of waiting) {
          waiting.delete(key);
          await send({ type: row.state, data: row });
        }
        if (waiting.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      deaf();
    }
  }
}
