import type { Answers, Refusal, RequestName, RequestOf } from '@osm/contracts';
import { Failure, isJsonObject } from '@osm/kernel';
import type { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom, timeout, TimeoutError } from 'rxjs';
import { Asker } from './asker.ts';
import { requestSubject } from './request-subject.ts';

/** Asks through a Nest client, whichever transport it speaks. Raises `nobody-answers` and `no-answer`. */
export class ClientAsker extends Asker {
  constructor(
    private readonly client: ClientProxy,
    private readonly patienceMs = 120_000,
  ) {
    super();
  }

  async ask<Name extends RequestName>(name: Name, payload: RequestOf<Name>): Promise<Answers[Name]> {
    try {
      const answer = this.client.send<Answers[Name]>(requestSubject(name), payload);
      return await lastValueFrom(answer.pipe(timeout(this.patienceMs)));
    } catch (error) {
      throw raised(name, error);
    }
  }
}

const raised = (name: RequestName, error: unknown): Failure => {
  if (isRefusal(error)) return new Failure(error.code, error.message, { remedy: error.remedy, http: error.http });
  if (isNobody(error)) {
    return new Failure('nobody-answers', `cannot ask ${name}: no service that answers it is running`, {
      disposition: 'retry',
      remedy: 'Start the service that does, and see that it is connected to the same event log.',
      cause: error,
    });
  }
  const why = error instanceof TimeoutError ? 'nobody answered in time' : wordsOf(error);
  return new Failure('no-answer', `cannot ask ${name}: ${why}`, {
    disposition: 'retry',
    remedy: 'See whether the service runs and is connected to the same NATS server.',
    cause: error,
  });
};

/** NATS says so with an empty message, of which Nest's client makes an error whose class it does not export. */
const isNobody = (error: unknown): boolean => error instanceof Error && error.message.startsWith('Empty response.');

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isRefusal = (error: unknown): error is Refusal =>
  isJsonObject(error) && typeof error['code'] === 'string' && typeof error['remedy'] === 'string';
