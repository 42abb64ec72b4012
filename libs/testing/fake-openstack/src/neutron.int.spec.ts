import { runContract } from './contract/glance-clouds.ts';
import { describeNeutron } from './contract/neutron.ts';

runContract(describeNeutron);
