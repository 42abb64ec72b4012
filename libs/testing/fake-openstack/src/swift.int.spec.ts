import { runContract } from './contract/glance-clouds.ts';
import { describeSwift } from './contract/swift.ts';

runContract(describeSwift);
