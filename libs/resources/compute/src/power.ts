import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Step, type StepContext } from '@osm/resource';
import { InstanceSource } from './instance-source.ts';

/** A stopped server is stopped again, since Nova starts what it makes; then a locked one is locked, which ends all else. */
export const settle: Step = {
  name: 'settle',
  when: ({ status, locked }) => status === 'SHUTOFF' || locked === true,
  run: async (context) => {
    const { attributes, destinationId: id } = context;
    if (id === undefined) throw noTwin(context);
    const { status, locked, locked_reason: reason } = InstanceSource.parse(attributes);
    if (status === 'SHUTOFF') await stop(context, id);
    if (locked) await act(context, id, { lock: reason == null ? null : { locked_reason: reason } }, '2.73');
    return { stopped: status === 'SHUTOFF', locked };
  },
};

const stop = async (context: StepContext, id: string): Promise<void> => {
  const { clock, signal, policy } = context;
  const shown = await stateOf(context, id);
  if (shown.status === 'SHUTOFF') return;
  // Stopping what is being stopped already is refused.
  if (shown.task === null) await act(context, id, { 'os-stop': null }, '2.1');
  await until(
    async () => ((await stateOf(context, id)).status === 'SHUTOFF' ? true : undefined),
    { clock, signal, seconds: policy.resource_creation_timeout },
    () =>
      new Failure('not-stopped', `the twin ${id} of instance ${context.ref.id} does not stop, as its original is`, {
        remedy:
          'Stop it on the destination by hand, or raise resource_creation_timeout if it is only slow; then retry.',
      }),
  );
};

const stateOf = async ({ destination, signal }: StepContext, id: string) => {
  const { body } = await destination.send('compute', { method: 'GET', path: `/servers/${id}` }, signal);
  const server = isJsonObject(body) && isJsonObject(body['server']) ? body['server'] : {};
  return { status: String(server['status']), task: server['OS-EXT-STS:task_state'] ?? null };
};

const act = async ({ destination, signal }: StepContext, id: string, body: JsonObject, microversion: string) => {
  const path = `/servers/${id}/action`;
  await destination.send('compute', { method: 'POST', path, body, microversion, repeatable: true }, signal);
};

const noTwin = ({ ref }: StepContext): Failure =>
  new Failure('missing-twin', `cannot settle instance ${ref.id}: it has no twin`, {
    remedy: 'Plan its migration again.',
  });
