import { serve } from '@osm/runtime';
import { PlannerModule } from '@osm/services/planner';

serve('planner', PlannerModule);
