import type { Call } from './frame.ts';
import { Refusal } from './frame.ts';

/** Octavia's own roles, which its default policy asks for beside the project. */
export const octaviaRoles = ['load-balancer_admin', 'load-balancer_member'] as const;

/** Whether the caller sees load balancers of all projects. */
export const seesAll = ({ context }: Pick<Call, 'context'>): boolean =>
  context.isAdmin || context.roles.includes('load-balancer_admin');

/**
 * An administrator may do all; others want a role of Octavia's in the very project, and since Zed's rules are no more in
 * force, that of an ordinary member beside it.
 */
export const mustOwn = ({ context, cloud }: Call, projectId: string): void => {
  if (seesAll({ context })) return;
  const isMember = cloud.options.release === 'zed' || context.roles.includes('member');
  if (isMember && context.roles.includes('load-balancer_member') && context.projectId === projectId) return;
  throw new Refusal(403, 'Policy does not allow this request to be performed.');
};
