import { describeGlance } from './contract/glance.ts';
import { runContract } from './contract/glance-clouds.ts';

runContract(describeGlance);
