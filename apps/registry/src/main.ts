import { serve } from '@osm/runtime';
import { RegistryModule } from '@osm/services/registry';

serve('registry', RegistryModule);
