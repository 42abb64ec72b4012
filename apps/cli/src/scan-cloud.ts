import { decodeEvent, scanSubject } from '@osm/contracts';
import type { FailureRecord } from '@osm/kernel';
import type { Session } from './session.ts';
import { waitFor } from './wait-for.ts';

/** What a scan found of one type. */
export interface ScannedType {
  readonly type: string;
  readonly outcome: 'listed' | 'unsupported' | 'failed';
  readonly seen: number;
  readonly changed: number;
  readonly vanished: number;
  readonly failure?: FailureRecord | undefined;
}

export interface Scanned {
  readonly scanId: string;
  readonly cloud: string;
  readonly types: readonly ScannedType[];
  /** The log position up to which all of it is told. */
  readonly position: number;
}

/** Has a cloud looked at and waits until all types are listed. */
export const scanCloud = async (session: Session, cloud: string, types: readonly string[]): Promise<Scanned> => {
  const { settings, asker } = session;
  const { scanId } = await asker.ask('discovery.scan', {
    cloud,
    types: [...types],
    multitenant: settings.policy.multitenant_mode,
    by: settings.actor,
  });
  const found: ScannedType[] = [];
  const position = await waitFor(session, scanSubject(scanId), (recorded) => {
    const event = decodeEvent(recorded);
    if (event.type === 'ScanTypeFinished') found.push(event.data);
    return event.type === 'ScanCompleted' ? recorded.position : undefined;
  });
  return { scanId, cloud, types: found, position };
};
