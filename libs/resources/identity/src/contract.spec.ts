import { describeEngineLaws, type GivenRow } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { credential } from './credential.ts';
import { domain } from './domain.ts';
import { credentialFixture } from './fixtures/credential.fixture.ts';
import { domainFixture } from './fixtures/domain.fixture.ts';
import { groupFixture } from './fixtures/group.fixture.ts';
import { projectFixture } from './fixtures/project.fixture.ts';
import { roleFixture } from './fixtures/role.fixture.ts';
import { userFixture } from './fixtures/user.fixture.ts';
import { group } from './group.ts';
import { project } from './project.ts';
import { role } from './role.ts';
import { user } from './user.ts';

describeResource(domain, domainFixture);
describeResource(project, projectFixture);
describeResource(role, roleFixture);
describeResource(user, userFixture);
describeResource(group, groupFixture);
describeResource(credential, credentialFixture);

describeEngineLaws(domain, domainFixture);
// What stands above it says whether it is open at all.
const above = (id: string, parent_id: string | null): GivenRow => ({
  ...{ cloud: 'source', path: '/projects', row: { id, parent_id, enabled: true, tags: [], options: {} } },
});
describeEngineLaws(project, projectFixture, [
  above('5a17b0df4ec7475c8584bbb43e20c834', 'c37a5c484db9488d8b192c83b3e7c113'),
  above('c37a5c484db9488d8b192c83b3e7c113', null),
]);
describeEngineLaws(role, roleFixture);
describeEngineLaws(user, userFixture);
describeEngineLaws(group, groupFixture);
describeEngineLaws(credential, credentialFixture);
