import type { Answers, RequestOf } from '@osm/contracts';
import { isFailure } from '@osm/kernel';
import type { RegistryReader } from '@osm/services/registry/reader';
import type { Context } from './context.ts';

type Question = 'registry.mappings' | 'registry.fidelity' | 'registry.plans';

/**
 * One question to the registry. With the embedded log its database is read as it is, also while another process works on
 * it; services are started only where the database is behind the log and nobody else brings it up to date.
 */
export const askRegistry = async <Name extends Question>(
  context: Context,
  name: Name,
  asked: RequestOf<Name>,
): Promise<Answers[Name]> => {
  const read = await readDirectly(context, name, asked);
  if (read !== undefined) return read;
  const { withSession } = await import('./session.ts');
  try {
    return await withSession(context, 'records', ({ asker }) => asker.ask(name, asked));
  } catch (error) {
    if (!isFailure(error) || error.code !== 'data-directory-in-use') throw error;
    const inUse = await readDirectly(context, name, asked, { behind: true });
    if (inUse === undefined) throw error;
    return inUse;
  }
};

const answerOf = (reader: RegistryReader, name: Question, asked: RequestOf<Question>) => {
  if (name === 'registry.plans') return reader.plans();
  return name === 'registry.mappings' ? reader.mappings(asked) : reader.fidelity(asked);
};

const readDirectly = async <Name extends Question>(
  { settings }: Context,
  name: Name,
  asked: RequestOf<Name>,
  { behind = false } = {},
): Promise<Answers[Name] | undefined> => {
  if (settings.eventLog !== 'embedded:') return undefined;
  const { isPythonDatabaseNew } = await import('./import-python-mappings.ts');
  if (!behind && isPythonDatabaseNew(settings)) return undefined;
  const { openRegistryReader } = await import('@osm/services/registry/reader');
  const { openEmbeddedLog } = await import('@osm/event-log-embedded');
  try {
    const reader = openRegistryReader(settings.dataDirectory);
    try {
      if (!behind) {
        const { log, close } = await openEmbeddedLog({ directory: settings.dataDirectory, readOnly: true });
        const head = await log.head().finally(close);
        if (reader.position() < head) return undefined;
      }
      return answerOf(reader, name, asked) as Answers[Name];
    } finally {
      reader.close();
    }
  } catch (error) {
    const absent = ['no-registry', 'registry-unreadable', 'no-event-log'];
    if (isFailure(error) && absent.includes(error.code)) return undefined;
    throw error;
  }
};
