/**
 * docker-compose.yml as this repository writes it: read, checked, and its variables filled in as docker compose does. No engine
 * is needed for any of this.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './osm-imports.mjs';

const Healthcheck = z.strictObject({
  test: z.array(z.string()).min(2),
  interval: z.string(),
  start_period: z.string().optional(),
  retries: z.number(),
});

/** Only what is used: whoever uses more looks it up in the Compose specification, and writes it down here. */
const Service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.literal('.'), target: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  command: z.string().optional(),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true).optional(),
  user: z.string().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  tmpfs: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  healthcheck: Healthcheck.optional(),
});

const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

/** @typedef {z.infer<typeof Service>} ComposeService */

/** @returns {z.infer<typeof Compose>} */
export const readCompose = () => {
  const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
  return Compose.parse(parse(text, { merge: true }));
};

/**
 * Fills in `${NAME}`, `${NAME:-else}`, `${NAME:?why}` and `${NAME:+then}`.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string}
 */
export const interpolated = (text, env) =>
  text.replaceAll(/\$\{(\w+)(?::([-?+])([^}]*))?\}/g, (_, name, kind, word) => {
    const value = env[name] ?? '';
    if (kind === '+') return value === '' ? '' : word;
    if (value !== '') return value;
    if (kind === '?') throw new Error(`docker-compose.yml: ${name} is not set: ${word}`);
    return kind === '-' ? word : '';
  });
