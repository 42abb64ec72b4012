import { Failure } from '@osm/kernel';

/** The command line makes no sense: what is wrong, and what to type instead. */
export const wrongUse = (message: string, remedy: string): Failure => new Failure('wrong-use', message, { remedy });
