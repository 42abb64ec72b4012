import type { Route } from '@osm/kernel';
import { Failure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { PolicySchema, type Policy } from '@osm/resource';
import { Injectable } from '@nestjs/common';

/** What requests need not say because the process is configured with it. */
@Injectable()
export class Configured {
  constructor(private readonly ports: Ports) {}

  get route(): { readonly source: string | undefined; readonly destination: string | undefined } {
    const { sourceCloud: source, destinationCloud: destination } = this.ports.settings;
    return { source, destination };
  }

  /** The given route, else the configured one. Raises `no-route`. */
  routeOr(given: Route | undefined): Route {
    if (given !== undefined) return { source: given.source, destination: given.destination };
    const { source, destination } = this.route;
    if (source !== undefined && destination !== undefined) return { source, destination };
    throw new Failure('no-route', 'cannot tell which route is meant: the process is configured with none', {
      remedy: 'Name the route, or set source_cloud_name and destination_cloud_name.',
    });
  }

  /** The given cloud, else the configured source. Raises `no-route`. */
  cloudOr(given: string | undefined): string {
    return given ?? this.routeOr(undefined).source;
  }

  /** The configured policy with these choices in it. Raises `bad-policy`. */
  policyWith(choices: Readonly<Record<string, unknown>> = {}): Policy {
    const unknown = Object.keys(choices).filter((name) => !(name in PolicySchema.shape));
    const checked = PolicySchema.safeParse({ ...this.ports.settings.policy, ...choices });
    if (checked.success && unknown.length === 0) return checked.data;
    const wrong = checked.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
    const why = [...wrong, ...unknown.map((name) => `there is no choice named ${name}`)].join('; ');
    throw new Failure('bad-policy', `cannot take this policy: ${why}`, {
      remedy: 'docs/reference/config.md tells the names and values.',
    });
  }
}
