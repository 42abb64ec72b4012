/** What Swift does, as laws that the fake and real clouds pass alike. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { ContractCloud } from './glance-session.ts';
import { swiftAccess } from './swift-access.ts';
import { swiftContainers } from './swift-containers.ts';
import { swiftLargeObjects } from './swift-large-objects.ts';
import { swiftObjects } from './swift-objects.ts';
import type { Swift } from './swift-session.ts';
import { openSwift } from './swift-session.ts';
import { swiftVersions } from './swift-versions.ts';

/** What the laws of one suite share: who is signed in. */
export interface Given {
  readonly cloud: () => ContractCloud;
  /** A tenant with the role member in a project of its own. */
  readonly swift: () => Swift;
  /** The administrator, in another project. */
  readonly admin: () => Swift;
}

/** The laws of Swift. `cloudOf` is called once, before the first law. */
export function describeSwift(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`swift of ${name}`, () => {
    let cloud: ContractCloud;
    let opened: Awaited<ReturnType<typeof openSwift>>;

    beforeAll(async () => {
      cloud = await cloudOf();
      opened = await openSwift(cloud);
    });
    afterAll(async () => {
      await opened.swift.clear();
      await opened.tenant.remove();
    });

    const given: Given = { cloud: () => cloud, swift: () => opened.swift, admin: () => opened.admin };
    swiftContainers(given);
    swiftObjects(given);
    swiftLargeObjects(given);
    swiftVersions(given);
    swiftAccess(given);
  });
}
