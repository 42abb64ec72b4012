import { failureRecord, isFailure } from '@osm/kernel';
import { Catch, Logger, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** Turns whatever a controller throws into a refusal that survives the wire: code, message, remedy. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  readonly #logger = new Logger('requests');

  catch(error: unknown): Observable<never> {
    // The refusal carries no stack, and whoever is asked to report a defect needs one.
    if (!isFailure(error)) this.#logger.error(error);
    return throwError(() => failureRecord(error));
  }
}
