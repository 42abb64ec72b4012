import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-network', MigratorModule.of('network'));
