import { allModules, serve } from '@osm/runtime';

serve('all-in-one', ...allModules);
