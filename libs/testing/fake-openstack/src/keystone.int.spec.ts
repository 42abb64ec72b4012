import { runContract } from './contract/glance-clouds.ts';
import { describeKeystone } from './contract/keystone.ts';

runContract(describeKeystone);
