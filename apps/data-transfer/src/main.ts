import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('data-transfer', MigratorModule.of('data-transfer'));
