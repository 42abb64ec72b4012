import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { NewEvent, RecordedEvent } from '@osm/contracts';
import { Failure, isJsonObject } from '@osm/kernel';
import { headerText, textOfHeader } from './header-text.ts';

/**
 * An event's headers: our own, which the log reads, and the attributes of CloudEvents 1.0, which an auditor's ordinary
 * tools read. The data are the message's body, JSON text.
 */
export const eventHeaders = (subject: string, event: NewEvent): MsgHdrs => {
  const all: Record<string, string | undefined> = {
    'Osm-Type': event.type,
    'Osm-Version': String(event.version),
    'Osm-At': event.at,
    'Osm-Correlation': event.correlation,
    'Osm-Causation': event.causation,
    'Osm-Actor': event.actor,
    'Osm-Producer': event.producer,
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-source': event.producer,
    'ce-type': event.type,
    'ce-subject': subject,
    'ce-time': event.at,
    'content-type': 'application/json',
  };
  const written = headers();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) written.set(name, headerText(value));
  return written;
};

/** A message of the event stream, however it was read. */
export interface EventMessage {
  readonly subject: string;
  readonly seq: number;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
}

const decoder = new TextDecoder();

/** The event that a message holds. Raises `foreign-event` for a message that this program did not write. */
export const eventOf = ({ subject, seq, headers, data }: EventMessage): RecordedEvent => {
  const text = (name: string): string | undefined =>
    headers?.has(name) === true ? textOfHeader(headers.get(name)) : undefined;
  const present = <Key extends string>(key: Key, name: string): { readonly [key in Key]?: string } => {
    const value = text(name);
    return value === undefined ? {} : ({ [key]: value } as { readonly [key in Key]: string });
  };
  const [id, type, version, at, producer] = ['Nats-Msg-Id', 'Osm-Type', 'Osm-Version', 'Osm-At', 'Osm-Producer'].map(
    text,
  );
  if (id === undefined || type === undefined || version === undefined || at === undefined || producer === undefined) {
    throw foreign(subject, seq);
  }
  const body: unknown = JSON.parse(decoder.decode(data));
  if (!isJsonObject(body)) throw foreign(subject, seq);
  return {
    position: seq,
    subject,
    id,
    type,
    version: Number(version),
    at,
    data: body,
    ...present('correlation', 'Osm-Correlation'),
    ...present('causation', 'Osm-Causation'),
    ...present('actor', 'Osm-Actor'),
    producer,
  };
};

const foreign = (subject: string, seq: number): Failure =>
  new Failure('foreign-event', `cannot read the event at position ${seq} of ${subject}: its headers are not ours`, {
    remedy: 'Let nobody but openstack-migrate publish to osm.evt.>: set permissions in the NATS server.',
  });
