import { Failure } from '@osm/kernel';
import { taskState, type Instance } from './instance-source.ts';

const remedies: { readonly [status: string]: string } = {
  SHELVED: 'Unshelve it (openstack server unshelve), stop it if you like, scan again and retry.',
  SHELVED_OFFLOADED: 'Unshelve it (openstack server unshelve), stop it if you like, scan again and retry.',
  RESCUE: 'Leave the rescue (openstack server unrescue), scan again and retry.',
  VERIFY_RESIZE: 'Confirm or revert the resize (openstack server resize confirm), scan again and retry.',
  SUSPENDED: 'Its memory cannot be moved: resume it (openstack server resume), scan again and retry.',
  PAUSED: 'Its memory cannot be moved: unpause it (openstack server unpause), scan again and retry.',
  ERROR: 'Repair it, or reset its state (openstack server set --state active) if it is well, scan again and retry.',
  SOFT_DELETED:
    'It is waiting to be removed: restore it (openstack server restore) if you want it, scan again and retry.',
};

/** Raises what keeps an instance from being migrated: its state, or a flavor that is no more. Pure. */
export const refuse = (s: Instance): void => {
  if (s.status !== 'ACTIVE' && s.status !== 'SHUTOFF') {
    throw refusal(
      'instance-state',
      s,
      `it is ${s.status}`,
      remedies[s.status] ?? 'Start or stop it, scan again and retry.',
    );
  }
  if (s[taskState] != null) {
    const remedy = 'Wait until the cloud is done with it, scan again and retry.';
    throw refusal('instance-busy', s, `it is in the middle of ${s[taskState]}`, remedy);
  }
  if (s.flavor_id !== null) return;
  const why = `its flavor ${s.flavor.original_name} has been deleted or made anew with other sizes since it was booted`;
  const remedy = 'Resize it to a flavor that exists, confirm the resize, scan again and retry.';
  throw refusal('flavor-gone', s, why, remedy);
};

const refusal = (code: string, { id, name }: Instance, why: string, remedy: string): Failure =>
  new Failure(code, `cannot migrate instance ${id} (${name}): ${why}`, { remedy });
