import type { Clock } from '@osm/kernel';
import { isFresh, type Token } from './token.ts';

/** Keeps one token and renews it in time; however many ask at once, one sign-in is made. */
export interface Session {
  /** A token of whose life at most `fraction` has passed; 0.8 unless told. */
  token(options?: { readonly fraction?: number; readonly signal?: AbortSignal | undefined }): Promise<Token>;
  /** Says that the cloud does not take this token any more. */
  reject(token: Token): void;
}

export const session = (clock: Clock, signIn: () => Promise<Token>): Session => {
  let current: Token | undefined;
  let signingIn: Promise<Token> | undefined;
  const renewed = (): Promise<Token> => {
    signingIn ??= signIn()
      .then((token) => (current = token))
      .finally(() => (signingIn = undefined));
    return signingIn;
  };
  return {
    token: async ({ fraction = 0.8, signal } = {}) => {
      signal?.throwIfAborted();
      if (current !== undefined && isFresh(current, clock.now().getTime(), fraction)) return current;
      return await unlessAborted(renewed(), signal);
    },
    reject: (token) => {
      if (current === token) current = undefined;
    },
  };
};

/** What one caller calls off goes on for the others. */
export const unlessAborted = async <T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return await shared;
  signal.throwIfAborted();
  let off = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    off = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    off();
  }
};
