import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { isDefect, problemOf, sendProblem } from './problem.ts';

/** Answers with a problem whatever a route throws: never with a page, never with a stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('gateway');

  catch(error: unknown, host: ArgumentsHost): void {
    const told = problemOf(error);
    if (isDefect(told)) this.#logger.error(error);
    sendProblem(host.switchToHttp().getResponse<ServerResponse>(), told);
  }
}
