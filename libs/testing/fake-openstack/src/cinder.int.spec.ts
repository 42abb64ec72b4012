import { describeCinder } from './contract/cinder.ts';
import { runContract } from './contract/glance-clouds.ts';

runContract(describeCinder);
