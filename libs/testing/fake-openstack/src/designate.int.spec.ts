import { runContract } from './contract/glance-clouds.ts';
import { describeDesignate } from './contract/designate.ts';

runContract(describeDesignate);
