import { describeEngineLaws } from '@osm/testing/engine-laws';
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
describeEngineLaws(project, projectFixture);
describeEngineLaws(role, roleFixture);
describeEngineLaws(user, userFixture);
describeEngineLaws(group, groupFixture);
describeEngineLaws(credential, credentialFixture);
