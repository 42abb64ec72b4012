import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A secret that nobody has but the place it was put. */
export interface Canary {
  /** Where it was put. */
  readonly place: string;
  readonly text: string;
}

/** Where a canary was found that must not be there. */
export interface Sighting {
  readonly place: string;
  readonly form: string;
  readonly where: string;
}

/** Makes canaries, one for each secret, and finds them again in what a run leaves behind. */
export const openAviary = () => {
  const canaries: Canary[] = [];
  return {
    canaries: canaries as readonly Canary[],
    /** A new secret. Its characters make every way of writing it differ from every other. */
    secret: (place: string): string => {
      const text = `canary~${randomBytes(18).toString('hex')}"/?+`;
      canaries.push({ place, text });
      return text;
    },
    /** A new secret of letters and digits alone, for fields that take no others. */
    word: (place: string): string => {
      const text = `canary${randomBytes(18).toString('hex')}`;
      canaries.push({ place, text });
      return text;
    },
    /** Takes a secret that somebody else has made. */
    keep: (place: string, text: string): void => void canaries.push({ place, text }),
    /** Each canary in these bytes, in whatever way it is written there. */
    seenIn: (where: string, bytes: Buffer): readonly Sighting[] =>
      canaries.flatMap(({ place, text }) =>
        formsOf(text).flatMap(([form, needle]) => (bytes.includes(needle) ? [{ place, form, where }] : [])),
      ),
  };
};

export type Aviary = ReturnType<typeof openAviary>;

/** Every file below a directory, with its bytes. */
export const filesBelow = (directory: string): readonly (readonly [file: string, bytes: Buffer])[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file) => [file, readFileSync(file)] as const);

/** The ways a secret may be written, as bytes. What is base64 within longer data is found at each of three offsets. */
const formsOf = (text: string): readonly (readonly [form: string, needle: Buffer])[] => {
  const bytes = Buffer.from(text);
  const reversed = Buffer.from(text.split('').toReversed().join(''));
  const forms: readonly (readonly [string, string | Buffer])[] = [
    ['plain', bytes],
    // The random part alone, so that no way of escaping the rest hides it.
    ['its core', text.slice(6, -4)],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(text)],
    ['JSON-escaped', JSON.stringify(text).slice(1, -1)],
    ['reversed', reversed],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ...[0, 1, 2].flatMap((offset) => {
      const base64 = within(bytes, offset);
      const url = base64.replaceAll('+', '-').replaceAll('/', '_');
      return [[`base64 at ${offset}`, base64] as const, [`base64url at ${offset}`, url] as const];
    }),
  ];
  return forms.map(([form, needle]) => [form, Buffer.from(needle)] as const);
};

/** The characters of a base64 text that depend on these bytes alone, where so many others stand before them. */
const within = (bytes: Buffer, offset: number): string => {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
  return whole.slice(Math.ceil((offset * 4) / 3));
};
