import { Failure } from '@osm/kernel';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import * as transformer from 'class-transformer';
import * as validator from 'class-validator';
import type { FieldError } from './problem.ts';

/** A request whose fields are not as they must be. */
export class BadFields extends Failure {
  constructor(readonly errors: readonly FieldError[]) {
    const [first] = errors;
    const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
    super('bad-request', `cannot take the request: ${first?.field ?? ''}: ${first?.detail ?? ''}${more}`, {
      remedy: `Correct ${[...new Set(errors.map(({ field }) => field))].join(', ')}; GET /docs shows what the operation takes.`,
    });
  }
}

/** Checks what comes from outside: nothing that is not asked for, everything as it must be. */
export const bodyPipe = (): ValidationPipe =>
  new ValidationPipe({
    ...{ transform: true, whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true },
    // Named, for a bundle has no packages to look for.
    ...{ validatorPackage: validator, transformerPackage: transformer },
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new BadFields(errors.flatMap((error) => fieldErrors(error, ''))),
  });

const fieldErrors = ({ property, constraints = {}, children = [] }: ValidationError, within: string): FieldError[] => {
  const field = within === '' ? property : `${within}.${property}`;
  const own = Object.entries(constraints).map(([rule, text]) => ({
    field,
    detail: rule === 'whitelistValidation' ? 'there is no such field' : text,
  }));
  return [...own, ...children.flatMap((child) => fieldErrors(child, field))];
};
