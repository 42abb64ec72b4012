import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-key-manager', MigratorModule.of('key-manager'));
