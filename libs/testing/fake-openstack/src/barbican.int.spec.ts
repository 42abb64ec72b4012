import { describeBarbican } from './contract/barbican.ts';
import { runContract } from './contract/glance-clouds.ts';

runContract(describeBarbican);
