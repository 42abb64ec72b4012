import type { CloudReport, DoctorFinding, InventoryCount, UncoveredReport } from '@osm/contracts';
import type { TypeNeeds } from '@osm/survey';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { routeOf } from '../session.ts';
import { table } from '../table.ts';
import { counted } from '../words.ts';

interface Options {
  readonly format: 'table' | 'json';
}

/** What both clouds and the newest scan said. */
interface Looked {
  readonly source: CloudReport;
  readonly destination: CloudReport;
  readonly uncovered: UncoveredReport | undefined;
  readonly inventory: readonly InventoryCount[];
  readonly types: readonly TypeNeeds[];
}

/** `doctor`: exits 0 where nothing is in the way, 3 where there are warnings, 1 where there are errors. */
export const doctor = async (context: Context, { format }: Options): Promise<number> => {
  const multitenant = context.settings.policy.multitenant_mode;
  const { compareClouds } = await import('@osm/survey');
  const findings = compareClouds({ ...(await look(context)), multitenant });
  if (format === 'json') context.io.out(`${JSON.stringify({ ...routeOf(context.settings), findings })}\n`);
  else show(context, findings);
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has('error')) return exitCode.failed;
  return severities.has('warning') ? exitCode.partly : exitCode.done;
};

/** Starts what looks at clouds and what reads the registry, and nothing else: no scan or plan that waits goes on. */
const look = async ({ settings, debug }: Context): Promise<Looked> => {
  const route = routeOf(settings);
  const { boot, openPorts } = await import('@osm/runtime');
  const open = await openPorts(settings);
  const { asker, close } = await boot(open, await modulesOf(settings.eventLog), { quiet: !debug });
  try {
    const multitenant = settings.policy.multitenant_mode;
    const source = await asker.ask('discovery.look', { cloud: route.source });
    return {
      source,
      destination: await asker.ask('discovery.look', { cloud: route.destination }),
      uncovered: source.reachable
        ? await asker.ask('discovery.uncovered', { cloud: route.source, multitenant })
        : undefined,
      inventory: await asker.ask('registry.inventory-summary', { cloud: route.source }),
      types: [...open.ports.handlers.values()].map(({ type, api }) => ({
        ...{ type, service: api.service, write: api.microversion?.write },
      })),
    };
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
  io.out(table({ title: `${source} to ${destination}`, columns: ['Severity', 'Code', 'What', 'Why'], rows }));
  const wrong = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  for (const remedy of new Set(wrong.map((finding) => finding.remedy))) io.out(`${remedy}\n`);
  const errors = wrong.filter(({ severity }) => severity === 'error').length;
  io.out(`${counted(errors, 'error')}, ${counted(wrong.length - errors, 'warning')}; nothing was written\n`);
};
