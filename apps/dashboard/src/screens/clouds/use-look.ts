import type { CloudReport } from '@osm/api-client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useAsk } from '../../api/use-ask.ts';

/** Milliseconds for which a look at a cloud is good enough: each asks every service. */
const freshFor = 60_000;

/** What a cloud is, seen with our credential. */
export const useLook = (cloud: string): UseQueryResult<CloudReport> =>
  useAsk('discovery.look', [{ path: { cloud } }], { freshFor });
