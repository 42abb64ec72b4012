import type { CloudRefusal } from '@osm/contracts';
import { failureRecord, isFailure } from '@osm/kernel';
import type { Cloud, ServiceName } from '@osm/resource';

/** What is asked, in words, and of which service. */
export interface Question {
  readonly action: string;
  readonly service: ServiceName;
}

/** The answer, or the row that tells why there is none: what one question fails of hides no other. */
export const askOrRefuse = async <T>(
  cloud: Cloud,
  { action, service }: Question,
  ask: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly refusal: CloudRefusal }> => {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const policy = policyOf(error.message) ?? null;
    const remedy = error.code === 'forbidden' ? remedyOf(cloud) : error.remedy;
    return { refusal: { action, service, policy, failure: failureRecord(error), remedy } };
  }
};

/** The rule in the words of a refusal: Nova, Cinder and Keystone name it, Designate says nothing at all. */
export const policyOf = (message: string): string | undefined =>
  /Policy doesn't allow ([\w:.-]+) to be performed/.exec(message)?.[1] ??
  /requested action: ([\w:-]+)/.exec(message)?.[1];

const remedyOf = ({ name }: Cloud): string =>
  `Let the administrator of ${name} give the user the role admin, or one that the rule allows ` +
  '(openstack role add --user <user> --project <project> admin), or migrate one project with multitenant_mode: false.';
