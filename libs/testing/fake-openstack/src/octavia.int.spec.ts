import { runContract } from './contract/glance-clouds.ts';
import { describeOctavia } from './contract/octavia.ts';

runContract(describeOctavia);
