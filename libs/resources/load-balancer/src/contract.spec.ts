import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { loadBalancer } from './index.ts';
import { loadBalancerFixture } from './load-balancer.fixture.ts';

describeResource(loadBalancer, loadBalancerFixture);
describeEngineLaws(loadBalancer, loadBalancerFixture);
