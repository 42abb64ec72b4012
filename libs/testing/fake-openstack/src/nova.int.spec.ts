import { describeNova } from './contract/nova.ts';
import { runContract } from './contract/glance-clouds.ts';

runContract(describeNova);
