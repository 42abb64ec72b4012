import type { CloudReport } from '@osm/api-client';

/** What one cloud has and the other lacks. */
export interface Lacking {
  /** Services of ours that the destination does not have, or that do not answer there. */
  readonly services: readonly string[];
  /** Networking extensions. */
  readonly extensions: readonly string[];
}

/** What the source has and the destination lacks: things that rest on it arrive without, or are refused. */
export const whatIsLacking = (source: CloudReport, destination: CloudReport): Lacking => {
  const served = servicesOf(destination);
  const offered = new Set(destination.extensions);
  return {
    services: [...servicesOf(source)].filter((each) => !served.has(each)).sort(),
    extensions: source.extensions.filter((each) => !offered.has(each)).sort(),
  };
};

const servicesOf = ({ services }: CloudReport): ReadonlySet<string> =>
  new Set(services.flatMap(({ service, failure }) => (service === null || failure !== null ? [] : [service])));
