import { serve } from '@osm/runtime';
import { DiscoveryModule } from '@osm/services/discovery';

serve('discovery', DiscoveryModule);
