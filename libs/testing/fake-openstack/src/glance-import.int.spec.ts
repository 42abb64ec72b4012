import { describeGlanceImport } from './contract/glance-import.ts';
import { runContract } from './contract/glance-clouds.ts';

runContract(describeGlanceImport);
