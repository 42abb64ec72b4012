import { allModules, serve } from '@osm/runtime';
import { gatewayHttp, GatewayModule } from '@osm/services/gateway';

serve({ name: 'all-in-one', http: gatewayHttp }, ...allModules, GatewayModule);
