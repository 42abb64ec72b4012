import { runContract } from './contract/glance-clouds.ts';
import { describeNovaServers } from './contract/nova-servers.ts';

runContract(describeNovaServers);
