import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPythonDatabase } from './python-database.ts';
import type { Session } from './session.ts';
import { counted } from './words.ts';

/**
 * Takes the records of the Python tool's database over, as events. Each is taken once, whoever asks; a file that has not
 * changed since it was last taken is not even read.
 */
export const importPythonMappings = async (session: Session): Promise<void> => {
  const { settings, asker, log, io } = session;
  if (!isPythonDatabaseNew(settings)) return;
  const { databaseFile: file } = settings;
  const records = readPythonDatabase(file, settings);
  const before = await log.head();
  const taken: number[] = [];
  for (const record of records) {
    const { position } = await asker.ask('migration.import', { ...record, from: file });
    if (position > before) taken.push(position);
  }
  await asker.ask('registry.position', { atLeast: Math.max(0, ...taken) });
  if (taken.length > 0) {
    io.err(`took ${counted(taken.length, 'mapping')} of the Python tool over from ${file}, which stays as it is\n`);
  }
  remember(settings);
};

interface Places {
  readonly databaseFile: string;
  readonly dataDirectory: string;
}

/** Whether there is a file of the Python tool that was not taken over as it is now. */
export const isPythonDatabaseNew = (places: Places): boolean => {
  if (!existsSync(places.databaseFile)) return false;
  const note = noteOf(places);
  return !existsSync(note) || readFileSync(note, 'utf8') !== stateOf(places);
};

/** Only spares the asking: lost, the records are offered again, and found to be known. */
const remember = (places: Places): void => {
  mkdirSync(places.dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(noteOf(places), stateOf(places));
};

const noteOf = ({ dataDirectory }: Places): string => path.join(dataDirectory, 'taken-over.json');

const stateOf = ({ databaseFile }: Places): string => {
  const { size, mtimeMs } = statSync(databaseFile);
  return JSON.stringify({ file: databaseFile, size, mtimeMs });
};
