import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-block-storage', MigratorModule.of('block-storage'));
