import { Failure, isFailure, type HttpFault, type JsonObject } from '@osm/kernel';

/** Texts shorter than this are found everywhere: hiding them would hide the message. */
const shortest = 4;

/**
 * A failure that does not tell these values: services quote in their refusals what they were sent. What is no `Failure`
 * passes unchanged.
 */
export const withoutSecrets = (error: unknown, secrets: JsonObject): unknown => {
  const texts = Object.values(secrets).flatMap(textsOf);
  if (!isFailure(error) || texts.length === 0) return error;
  const { code, message, disposition, remedy, http, retryAfter } = error;
  const hidden = (text: string): string => texts.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  return new Failure(code, hidden(message), {
    disposition,
    remedy: hidden(remedy),
    http: http === undefined ? undefined : faultWithout(http, hidden),
    retryAfter,
  });
};

const faultWithout = (http: HttpFault, hidden: (text: string) => string): HttpFault =>
  http.body === undefined ? http : { ...http, body: hidden(http.body) };

/** Each text within a value, longest first: one may be part of another. */
const textsOf = (value: unknown): readonly string[] => {
  const texts =
    typeof value === 'string'
      ? [value, JSON.stringify(value).slice(1, -1)]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(textsOf)
        : [];
  return texts.filter((text) => text.length >= shortest).sort((a, b) => b.length - a.length);
};
