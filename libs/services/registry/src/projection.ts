import type { DomainEvent } from '@osm/contracts';

type DataOf<Event extends DomainEvent, Type> = Extract<Event, { readonly type: Type }>['data'];

/** What each type of event of one kind of aggregate does to the tables; `About` is what the event's envelope says. */
export type Projection<Event extends DomainEvent, About> = {
  readonly [Type in Event['type']]: (data: DataOf<Event, Type>, about: About) => void;
};

/** Applies one event. */
export const apply = <Event extends DomainEvent, About>(
  projection: Projection<Event, About>,
  event: Event,
  about: About,
): void => {
  // The type of an event and the type of its data belong together, which the checker cannot follow through a look-up.
  const handle = projection[event.type as Event['type']] as (data: Event['data'], about: About) => void;
  handle(event.data, about);
};

/** For events that tell the registry nothing. */
export const ignored = (): void => undefined;
