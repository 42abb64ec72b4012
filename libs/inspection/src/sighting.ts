/** Which end of the route a cloud is. */
export type Side = 'source' | 'destination';

/** Something in a cloud that carries one of our markers, or an id that was made of one. */
export interface Sighting {
  readonly side: Side;
  readonly cloud: string;
  /** What carries it: a resource type, or what has no type of its own (`snapshot`, `share-access-rule`, `tag`, `loan`). */
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  readonly projectId: string | null;
  /** The marker; where only the id was made of one, that id; of what is lent by its name, that name. */
  readonly mark: string;
  readonly where: 'name' | 'description' | 'metadata' | 'tag' | 'id';
  /** What it is part of: the share of an access rule, the project of a tag. */
  readonly within?: string;
  /** The plan that it says that it belongs to. */
  readonly planId?: string;
  /** When the cloud says that it was made. */
  readonly since?: string;
  /** Whether something uses it: a port that is tied. */
  readonly inUse?: boolean;
}
