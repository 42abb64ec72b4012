import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-identity', MigratorModule.of('identity'));
