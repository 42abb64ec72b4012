import { serve } from '@osm/runtime';
import { MigratorModule } from '@osm/services/migrator';

serve('migrator-load-balancer', MigratorModule.of('load-balancer'));
