import type { JsonObject } from '@osm/kernel';
import type { Policy, Request } from '@osm/resource';

/** A relation as a fixture expects it: the name that the handler gives it, and whom it names. */
export interface ExpectedRelation {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/**
 * What the laws need to know about one resource type; data only. Samples are answers of real clouds. Wherever a twin is
 * named it is called `twin-of-<type>-<source id>`, the resource's own one too.
 */
export interface Fixture {
  /** As the cloud answers with nothing set. */
  readonly minimal: JsonObject;
  /** As the cloud answers with everything set, newer releases' attributes and what `enrich` adds included. */
  readonly full: JsonObject;
  /** All needs of `full`, in any order. */
  readonly needs: readonly ExpectedRelation[];
  /** All links of `full`; default: none. */
  readonly links?: readonly ExpectedRelation[];
  /** The create body of `full`, under the default policy. */
  readonly body: JsonObject;
  /** What `expect` says of `full`; default: nothing. */
  readonly expect?: JsonObject;
  /** The later writes on the twin of `full`; default: none. */
  readonly finish?: readonly Request[];
  /** The twin of `full` as the destination really shows it once all is done: the fidelity report must have no loss. */
  readonly twin?: JsonObject;
  /** The twin as `finish` sees it; default: `twin`, or else id and create body. */
  readonly fresh?: JsonObject;
  /** Other policies and extensions of the destination, with the body of `full` that they make. */
  readonly policyBodies?: readonly {
    readonly policy?: Partial<Policy>;
    readonly extensions?: readonly string[];
    readonly body: JsonObject;
  }[];
  /** Resources that must never be created, with a word of the refusal's message or remedy. */
  readonly refused?: readonly { readonly attributes: JsonObject; readonly says: string }[];
  /** Attributes whose empty value is told by leaving them out of the body, with the reason why. */
  readonly omitted?: { readonly [attribute: string]: string };
  /** Networking extensions of the destination; default: none. */
  readonly extensions?: readonly string[];
  /** Outputs of earlier steps that the create body wants. */
  readonly outputs?: { readonly [step: string]: JsonObject };
  /** With `adopt: traces`: what the create request of `full` leaves when nothing comes after it, as the list shows it. */
  readonly trace?: JsonObject;
  /** Look-alikes at the destination that must not be taken for the twin. */
  readonly traps: readonly JsonObject[];
  /** Candidates of the twin's own name or key that others made, and a word of why not; null: it may be taken. */
  readonly candidates?: readonly { readonly candidate: JsonObject; readonly says: string | null }[];
  /** States of a twin and what `ready` says: for failures a word of the reason. */
  readonly ready?: readonly {
    readonly body: JsonObject;
    readonly expected: 'ready' | 'pending' | { readonly failed: string };
  }[];
}
