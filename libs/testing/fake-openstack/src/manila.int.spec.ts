import { runContract } from './contract/glance-clouds.ts';
import { describeManila } from './contract/manila.ts';

runContract(describeManila);
