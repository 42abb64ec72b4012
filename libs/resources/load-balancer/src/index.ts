import { loadBalancer } from './load-balancer.ts';

export { loadBalancer };

/** Every type of the load balancing service. */
export const loadBalancerResources = [loadBalancer] as const;
