import { serve } from '@osm/runtime';
import { gatewayHttp, GatewayModule } from '@osm/services/gateway';

serve({ name: 'gateway', http: gatewayHttp }, GatewayModule);
