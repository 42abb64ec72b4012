import { requests, type RequestName, type RequestOf } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import { Injectable, UseFilters, applyDecorators, type PipeTransform } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FailureFilter } from './failure-filter.ts';
import { requestSubject } from './request-subject.ts';

/** Marks the method of a controller that answers one kind of request. Its failures travel as refusals. */
export const Answers = (name: RequestName): MethodDecorator =>
  applyDecorators(MessagePattern(requestSubject(name)), UseFilters(new FailureFilter()));

/** Marks the parameter that takes the request, checked against its schema. */
export const Asked = (name: RequestName): ParameterDecorator => Payload(new RequestPipe(name));

@Injectable()
class RequestPipe<Name extends RequestName> implements PipeTransform<unknown, RequestOf<Name>> {
  constructor(private readonly name: Name) {}

  transform(payload: unknown): RequestOf<Name> {
    const checked = requests[this.name].safeParse(payload);
    if (checked.success) return checked.data as RequestOf<Name>;
    const where = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new Failure('bad-request', `cannot answer ${this.name}: ${where}`, {
      remedy: 'docs/reference/requests.md tells what each request takes.',
    });
  }
}
