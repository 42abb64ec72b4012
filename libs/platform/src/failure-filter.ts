import { failureRecord } from '@osm/kernel';
import { Catch, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** Turns whatever a controller throws into a refusal that survives the wire: code, message, remedy. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => failureRecord(error));
  }
}
