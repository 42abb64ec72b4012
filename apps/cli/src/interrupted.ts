import { Failure } from '@osm/kernel';

/** The command was told to stop before its work was done. */
export const interrupted = ({ embedded }: { readonly embedded: boolean }): Failure =>
  embedded
    ? new Failure('interrupted', 'stopped before all was done; what was begun is recorded', {
        remedy: 'The same command goes on from here.',
      })
    : new Failure('interrupted', 'stopped looking; the services go on', {
        remedy: 'The same command follows them again.',
      });
