import type { Answers, Refusal, RequestName, RequestOf } from '@osm/contracts';
import { Failure, isJsonObject } from '@osm/kernel';
import type { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom, timeout, TimeoutError } from 'rxjs';
import { Asker } from './asker.ts';
import { requestSubject } from './request-subject.ts';

/** Asks through a Nest client, whichever transport it speaks. */
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
  const late = error instanceof TimeoutError;
  const nobody = error instanceof Error && error.message.includes('no responders');
  const why = late ? 'nobody answered in time' : nobody ? 'no service that answers it is running' : String(error);
  return new Failure('no-answer', `cannot ask ${name}: ${why}`, {
    disposition: 'retry',
    remedy: 'See whether the service runs and is connected to the same NATS server.',
    cause: error,
  });
};

const isRefusal = (error: unknown): error is Refusal =>
  isJsonObject(error) && typeof error['code'] === 'string' && typeof error['remedy'] === 'string';
