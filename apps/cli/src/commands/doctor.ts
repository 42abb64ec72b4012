import type { DoctorFinding } from '@osm/contracts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { routeOf } from '../session.ts';
import { table } from '../table.ts';
import { counted } from '../words.ts';

interface Options {
  readonly format: 'table' | 'json';
}

/** `doctor`: exits 0 where nothing is in the way, 3 where there are warnings, 1 where there are errors. */
export const doctor = async (context: Context, { format }: Options): Promise<number> => {
  const findings = await look(context);
  if (format === 'json') context.io.out(`${JSON.stringify({ ...routeOf(context.settings), findings })}\n`);
  else show(context, findings);
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has('error')) return exitCode.failed;
  return severities.has('warning') ? exitCode.partly : exitCode.done;
};

/** Starts what looks at clouds and what reads the registry, and nothing else: no scan or plan that waits goes on. */
const look = async ({ settings, debug }: Context): Promise<readonly DoctorFinding[]> => {
  const route = routeOf(settings);
  const { boot, openPorts } = await import('@osm/runtime');
  const { surveyRoute } = await import('@osm/survey');
  const open = await openPorts(settings);
  const { asker, close } = await boot(open, await modulesOf(settings.eventLog), { quiet: !debug });
  try {
    const { handlers } = open.ports;
    const { multitenant_mode: multitenant } = settings.policy;
    return await surveyRoute({ ask: (name, request) => asker.ask(name, request) }, { route, multitenant, handlers });
  } finally {
    await close();
  }
};

/** Behind NATS the services answer. */
const modulesOf = async (eventLog: string) => {
  if (!eventLog.startsWith('embedded:')) return [];
  const { RegistryModule } = await import('@osm/services/registry');
  const { LookModule } = await import('@osm/services/discovery');
  return [RegistryModule, LookModule];
};

const show = ({ io, settings }: Context, findings: readonly DoctorFinding[]): void => {
  const { source, destination } = routeOf(settings);
  const rows = findings.map(({ severity, code, what, why }) => [severity, code, what, why]);
  io.out(table({ title: `${source} to ${destination}`, columns: ['Severity', 'Code', 'What', 'Why'], rows }, io));
  const wrong = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  for (const remedy of new Set(wrong.map((finding) => finding.remedy))) io.out(`${remedy}\n`);
  const errors = wrong.filter(({ severity }) => severity === 'error').length;
  io.out(`${counted(errors, 'error')}, ${counted(wrong.length - errors, 'warning')}; nothing was written\n`);
};
