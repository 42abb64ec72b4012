import type { RecordedEvent } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventsPageQuery, EventsQuery } from './asked.ts';
import { eventFilter } from './event-filter.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { listOf, orNull, ref } from './schema-of.ts';
import { Streams } from './streams.ts';

const tag = 'events';

/** So many events are looked at for one page: a page may have less than was asked for, and yet not be the last. */
const most = 20_000;

interface EventPage {
  readonly items: readonly RecordedEvent[];
  readonly next: number | null;
  readonly position: number;
}

/** The log, as it is and as it grows. */
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly ports: Ports,
    private readonly streams: Streams,
  ) {}

  @Get()
  @Operation({
    id: 'events',
    scope: 'view',
    tag,
    summary: 'What was recorded, oldest first.',
    description: 'A page may have less than `limit` events though more follow: `next` tells where to go on.',
    answer: {
      type: 'object',
      properties: {
        items: listOf(ref('Event')),
        next: orNull({ type: 'integer', description: 'Ask for the rest with this as `after`; null: that was all.' }),
        position: { type: 'integer', description: 'Up to here was looked.' },
      },
      required: ['items', 'next', 'position'],
    },
  })
  async events(@Query() query: EventsPageQuery): Promise<EventPage> {
    const { after = 0, limit = 100, ...wanted } = query;
    const { fits, ...filter } = eventFilter(wanted);
    const head = await this.ports.log.head();
    const items: RecordedEvent[] = [];
    let position = after;
    let seen = 0;
    for await (const event of this.ports.log.read({ after, ...filter })) {
      if (items.length === limit || seen === most) return { items, next: position, position };
      position = event.position;
      seen += 1;
      if (fits(event)) items.push(event);
    }
    return { items, next: null, position: Math.max(position, head) };
  }

  @Get('stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The log position after which to go on.' })
  @Operation({
    id: 'events.stream',
    scope: 'view',
    tag,
    summary: 'What is recorded, as it happens (server-sent events).',
    description:
      'The id of each is its log position, the event its type, the data the event as JSON. With `Last-Event-ID` or ' +
      '`after` it goes on after that position and leaves out nothing; otherwise it begins with what comes from now on.',
    media: 'text/event-stream',
    answer: { type: 'string' },
  })
  async stream(
    @Query() { after, ...wanted }: EventsQuery,
    @Headers('last-event-id') last: string | undefined,
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const { fits, ...filter } = eventFilter(wanted);
    const { log } = this.ports;
    const begin = positionOf(last) ?? after ?? (await log.head());
    await this.streams.open(request, response, async ({ signal, send, reached }) => {
      for await (const batch of log.tail({ after: begin, signal, ...given(filter) })) {
        for (const event of batch) {
          if (signal.aborted) return;
          if (fits(event)) await send({ id: event.position, type: event.type, data: event });
          else reached(event.position);
        }
      }
    });
  }
}

const positionOf = (last: string | undefined): number | undefined => {
  if (last === undefined || last === '') return undefined;
  const position = Number(last);
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new Failure('bad-request', `cannot go on after ${last}: it is no log position`, {
    remedy: 'Send the id of the last event as Last-Event-ID, or leave it out.',
  });
};
