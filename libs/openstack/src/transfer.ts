import { Failure, isFailure } from '@osm/kernel';
import { inMemory, type Answer, type Cloud, type Download, type Reader, type Request } from '@osm/resource';
import type { ServiceName, Writer } from '@osm/resource';
import { isGood, isSuccess, jsonOrText } from './answer.ts';
import { refused, type Refusal } from './classify.ts';
import { openDownload } from './download.ts';
import type { Lines } from './raw-lines.ts';
import { shownUrl } from './redact.ts';
import { openUpload, type Answered, type Upload } from './upload.ts';
import { withDefault } from './with-default.ts';
import { withRetries } from './with-retries.ts';
import { askedOf, type Exchange, type Wire } from './wire.ts';

/** What transfers need of the cloud that they belong to. */
export interface TransferOptions {
  readonly wire: Wire;
  readonly downloads: Lines;
  readonly uploads: Lines;
  exchangeOf(service: ServiceName, request: Request, signal?: AbortSignal): Promise<Exchange>;
  /** Sends with a token, once more with a new one where it is not taken. */
  authorised<T extends { readonly status: number }>(
    exchange: Exchange,
    options: { readonly fraction?: number },
    attempt: (exchange: Exchange) => Promise<T>,
  ): Promise<T>;
}

/** Bodies too large for memory, in both directions. */
export const transfers = (options: TransferOptions): Pick<Cloud, 'download' | 'upload'> => {
  const { wire, downloads, uploads, exchangeOf, authorised } = options;
  const { cloud, clock } = wire.options;
  return {
    download: async (service, request, signal): Promise<Download> => {
      const exchange = await exchangeOf(service, { ...request, headers: withEncoding(request.headers) }, signal);
      return await withRetries(
        exchange,
        clock,
        signal,
        async () => {
          const answer = await authorised(exchange, { fraction: longCall }, async (sent) => {
            const { reader, ...head } = await wire.traffic.pass(service, signal, () =>
              openDownload(wire, downloads, sent),
            );
            if (isSuccess(head.status, request.accept ?? [])) return { ...head, reader, body: null };
            return { ...head, reader: undefined, body: jsonOrText(await beginningOf(reader)) };
          });
          const { reader, status, headers } = answer;
          if (reader === undefined) throw refused(askedOf(cloud, exchange), answer, clock.now());
          if (isWhole(request, status)) return { ...reader, status, headers };
          reader.close();
          throw notTheWhole(cloud, exchange, status);
        },
        wire.traffic.retries,
      );
    },

    upload: async (service, request, size, signal): Promise<Writer<Answer>> => {
      const headers = { 'Content-Type': 'application/octet-stream', ...request.headers };
      const exchange = await exchangeOf(service, { ...request, headers }, signal);
      const accept = request.accept ?? [];
      const refusal = ({ text, ...head }: Answered): Failure =>
        earlyAnswer(cloud, exchange, { ...head, body: jsonOrText(text) }, clock.now());
      const late = (answered: Answered): Failure =>
        refusal(answered.status === 401 ? { ...answered, text: refusedHalfWay } : answered);
      const open = (): Promise<Upload> =>
        withRetries(
          exchange,
          clock,
          signal,
          async () => {
            const upload = await authorised(exchange, { fraction: longCall }, async (sent) => {
              return await wire.traffic.pass(service, signal, async () => {
                const opened = await openUpload(wire, uploads, sent, size, late);
                return { ...opened, status: opened.answered?.status ?? 100, headers: opened.answered?.headers ?? {} };
              });
            });
            const { answered } = upload;
            if (answered === undefined) return upload;
            if (!isSuccess(answered.status, accept) || (isGood(answered.status) && size !== 0)) throw refusal(answered);
            return upload;
          },
          wire.traffic.retries,
        );
      return await writerOf(open, ({ text, ...head }) => {
        const answer = { ...head, body: jsonOrText(text) };
        if (isSuccess(answer.status, accept)) return answer;
        throw refused(askedOf(cloud, exchange), answer, clock.now());
      });
    },
  };
};

/** A long call starts with a token that has at least half of its life before it. */
const longCall = 0.5;

const refusedHalfWay = 'the token was refused in the middle of the upload';

/** Bytes are wanted as they are stored, of whatever type. */
const withEncoding = (headers: Request['headers']): { readonly [name: string]: string } => ({
  ...withDefault(headers, 'Accept', '*/*'),
  'Accept-Encoding': 'identity',
  ...headers,
});

/**
 * A body on its way. As long as nothing of it was sent, an upload that is over is opened again: until the source's first
 * byte comes, the connection may have been closed.
 */
const writerOf = async (
  open: () => Promise<Upload>,
  answerOf: (answered: Answered) => Answer,
): Promise<Writer<Answer>> => {
  let upload = await open();
  let again: Promise<Upload> | undefined;
  let aborted: { readonly reason: unknown } | undefined;
  const reopen = async (): Promise<Upload> => {
    upload = await open();
    if (aborted !== undefined) upload.sending?.abort(aborted.reason);
    return upload;
  };
  /** Once opened again, everything waits for that in its turn. */
  const waiting = (): Promise<Upload> | undefined => {
    if (upload.sending?.isOver === true && aborted === undefined) again ??= reopen();
    return again;
  };
  return {
    write: (chunk) => {
      const ready = waiting();
      return ready === undefined ? upload.sending?.write(chunk) : ready.then(({ sending }) => sending?.write(chunk));
    },
    end: async () => {
      await waiting();
      return answerOf(upload.answered ?? (await upload.sending.end()));
    },
    abort: (reason) => {
      aborted ??= { reason };
      upload.sending?.abort(reason);
    },
  };
};

/** An answer before the end of the body: a refusal, whatever it says, for it does not speak of the whole. */
const earlyAnswer = (cloud: string, exchange: Exchange, answer: Refusal, now: Date): Failure => {
  if (!isGood(answer.status)) return refused(askedOf(cloud, exchange), answer, now);
  const { method, service, url } = exchange;
  return new Failure(
    'unexpected-answer',
    `cannot ${method} ${shownUrl(url)} (${service} of ${cloud}): it says that it is done before it has the whole (status ${answer.status}).`,
    { disposition: 'retry', remedy: `Look at what answers for the ${service} service of ${cloud}.` },
  );
};

/** Part of a body is what was asked for only where a range was. */
const isWhole = (request: Request, status: number): boolean =>
  (request.accept ?? []).includes(status) ||
  [200, 203, 204].includes(status) ||
  (status === 206 && Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'range'));

const notTheWhole = (cloud: string, { method, service, url }: Exchange, status: number): Failure =>
  new Failure(
    'unexpected-answer',
    `cannot ${method} ${shownUrl(url)} (${service} of ${cloud}): its answer is not the whole that was asked for (status ${status}).`,
    { disposition: 'retry', remedy: `Look at what answers for the ${service} service of ${cloud}.` },
  );

const longestRefusal = 1_000_000;

/** The text of a refusal; of an endless one, nothing. */
const beginningOf = async (reader: Reader): Promise<string> => {
  try {
    return (await inMemory(reader, undefined, longestRefusal)).toString('utf8');
  } catch (error) {
    if (isFailure(error) && error.code === 'too-large') return '';
    throw error;
  } finally {
    reader.close();
  }
};
