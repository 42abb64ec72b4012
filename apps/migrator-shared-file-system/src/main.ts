import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-shared-file-system', MigratorModule.of('shared-file-system'));
