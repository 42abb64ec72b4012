import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { domain } from './domain.ts';
import { domainFixture } from './fixtures/domain.fixture.ts';
import { projectFixture } from './fixtures/project.fixture.ts';
import { roleFixture } from './fixtures/role.fixture.ts';
import { userFixture } from './fixtures/user.fixture.ts';
import { project } from './project.ts';
import { role } from './role.ts';
import { user } from './user.ts';

describeResource(domain, domainFixture);
describeResource(project, projectFixture);
describeResource(role, roleFixture);
describeResource(user, userFixture);

describeEngineLaws(domain, domainFixture);
describeEngineLaws(project, projectFixture);
describeEngineLaws(role, roleFixture);
describeEngineLaws(user, userFixture);
