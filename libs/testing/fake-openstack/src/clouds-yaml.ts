import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One entry of clouds.yaml, with a password or an application credential. */
export interface CloudEntry {
  readonly auth: Readonly<Record<string, string>>;
  readonly auth_type?: string;
  readonly region_name: string;
  readonly identity_api_version: 3;
}

/** A cloud to name in clouds.yaml. */
export interface NamedCloud {
  readonly name: string;
  readonly entry: CloudEntry;
}

/** Writes a clouds.yaml, readable by its owner only; directories are made. An existing file is replaced. */
export async function writeCloudsYaml(path: string, clouds: readonly NamedCloud[]): Promise<void> {
  const lines = ['clouds:', ...clouds.flatMap(({ name, entry }) => [`  ${quoted(name)}:`, ...block(entry, '    ')])];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lines.join('\n') + '\n', { mode: 0o600 });
}

function block(values: object, indent: string): string[] {
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [`${indent}${quoted(key)}:`, ...block(value, `${indent}  `)]
      : [`${indent}${quoted(key)}: ${typeof value === 'number' ? value : quoted(String(value))}`],
  );
}

/** Plain where YAML leaves no doubt, else a JSON string, which YAML reads the same. */
function quoted(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
