import { Command, Option } from 'commander';
import { addCompletion } from './add-completion.ts';
import { addHelp } from './add-help.ts';
import { readContext, type Context, type GlobalOptions } from './context.ts';
import { addExamples } from './examples.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

const format = (): Option =>
  new Option('-f, --format <format>', 'how to show it').choices(['table', 'json', 'yaml']).default('table');
const resourceType = (): Option => new Option('--resource-type <type>', 'the type of resource, for example network');
const filter = (): Option =>
  new Option('--filter <key:value>', 'only those with this value; may be repeated, all have to fit').argParser(
    (text: string, before: readonly string[] = []) => [...before, text],
  );
const several = (): Option =>
  new Option('--resource-type <type>', 'a type of resource; may be repeated').argParser(
    (text: string, before: readonly string[] = []) => [...before, text],
  );

/**
 * The command line. Only what a command needs is loaded, and only when it is called: help answers at once.
 * `ended` hears the exit code of the command that ran.
 */
export const makeProgram = (io: Io, ended: (code: number) => void): Command => {
  const program = new Command('openstack-migrate')
    .description('Moves resources, data included, from one OpenStack cloud to another.')
    .version(version, '--version', 'show the version')
    .option('-c, --config <file>', 'the configuration; also OPENSTACK_MIGRATE_CONFIG')
    .option('--data <directory>', 'where the event log and the registry live; also OPENSTACK_MIGRATE_DATA')
    .option('--debug', 'say more, also where an error comes from')
    .helpOption('-h, --help', 'show what it takes')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => undefined });
  program.configureHelp({
    helpWidth: Math.min(io.columns, 120),
    showGlobalOptions: true,
    subcommandTerm: (each) => each.name(),
  });

  /** Adds a command whose work is in another file. */
  const command = <Options>(
    usage: string,
    description: string,
    options: readonly Option[],
    work: () => Promise<(context: Context, options: Options, ...args: readonly string[]) => Promise<number>>,
    parent = program,
  ): Command => {
    const made = parent.command(usage).description(description);
    for (const option of options) made.addOption(option);
    return made.action(async (...all: unknown[]) => {
      const args = all.slice(0, -2).filter((each): each is string => typeof each === 'string');
      const given = made.optsWithGlobals<Options & GlobalOptions>();
      const [act, context] = await Promise.all([work(), readContext(io, given)]);
      // YAML is JSON told in another way: the context sees to that.
      const options = given.format === 'yaml' ? { ...given, format: 'json' as const } : given;
      ended(await act(context, options, ...args));
    });
  };

  const include = (): readonly Option[] => [
    new Option('--include-dependencies', 'migrate also what it stands on, where that has no twin yet'),
    new Option('--include-members', 'migrate also what it contains, and what that contains'),
  ];
  const watching = (): readonly Option[] => [
    new Option('--progress <how>', 'how to show what moves and what waits: json is a line a second')
      .choices(['auto', 'json', 'none'])
      .default('auto'),
    new Option('--bandwidth-limit <rate>', 'bytes that all transfers together may move, for example 100MB/s'),
  ];
  const priority = (): Option =>
    new Option('--priority <priority>', 'whose transfers go first where places are short').choices([
      'high',
      'normal',
      'low',
    ]);
  const migrating = (): readonly Option[] => [
    new Option('--dry-run', 'show the plan and stop: nothing is created'),
    new Option('--cleanup-source', 'remove the originals when everything has succeeded'),
    ...include(),
    priority(),
    ...watching(),
  ];
  const records = (): readonly Option[] => [
    new Option('--service <service>', 'only those of a service, for example neutron'),
    resourceType(),
    new Option('--id <uuid>', 'only this record'),
    new Option('--status <status>', 'only those that have come so far'),
    new Option('--source-id <id>', 'only those of this original'),
  ];

  command(
    'start',
    'Migrate one resource.',
    [resourceType(), ...migrating()],
    async () => (await import('./commands/start.ts')).start,
  ).argument('<resource_id>', 'its id at the source, or its name where that is the only one');
  command(
    'start-batch',
    'Migrate all resources that the filters fit.',
    [resourceType(), filter(), new Option('--all', 'all resources of the type'), ...migrating()],
    async () => (await import('./commands/start.ts')).startBatch,
  );
  command(
    'plan',
    'Draft a plan and show it: nothing is created.',
    [
      resourceType(),
      filter(),
      new Option('--all', 'all resources of the type'),
      new Option('--cleanup-source', 'with the removal of the originals at the end'),
      ...include(),
      priority(),
      format(),
      new Option('--json', 'the same as --format json'),
    ],
    async () => (await import('./commands/plan.ts')).plan,
  ).argument('[resource_id]', 'its id at the source, or its name; none: what the filters fit');
  command(
    'apply',
    'Approve and run the plan of this digest, or go on with it.',
    watching(),
    async () => (await import('./commands/apply.ts')).apply,
  ).argument('<digest>', 'as `plan` has shown it');
  const reason = (): Option => new Option('--reason <text>', 'why, for whoever reads the log');
  command('plans', 'List plans.', [format()], async () => (await import('./commands/plans.ts')).plans);
  command(
    'pause',
    'Let a plan begin no further step; what is under way may end.',
    [reason()],
    async () => (await import('./commands/pause.ts')).pause,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'resume',
    'Go on with a paused plan.',
    watching(),
    async () => (await import('./commands/resume.ts')).resume,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'cancel',
    'End a plan, and collect what it has borrowed or made for a while.',
    [reason()],
    async () => (await import('./commands/cancel.ts')).cancel,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  const step = (): Option => new Option('--step <id>', 'its id, as `events` and the summary show it');
  command(
    'retry',
    'Try again what has failed of a plan, with what was skipped because of it.',
    [step(), reason().makeOptionMandatory(), ...watching()],
    async () => (await import('./commands/retry.ts')).retry,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'skip',
    'Do without a step that has failed or waits, and without what stands on it.',
    [step().makeOptionMandatory(), reason().makeOptionMandatory()],
    async () => (await import('./commands/skip.ts')).skip,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'second',
    'Agree to a plan that deletes, as another person than the one who has approved it.',
    [reason()],
    async () => (await import('./commands/second.ts')).second,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'rollback',
    'Show which twins of a plan would be deleted again, and delete them where told to.',
    [new Option('--yes', 'do it: delete them'), format()],
    async () => (await import('./commands/rollback.ts')).rollback,
  ).argument('<plan>', 'its id or the beginning of it, or its digest');
  command(
    'scan',
    'Look at the source cloud and record what is there.',
    [several(), new Option('--cloud <name>', 'another cloud than the source'), format()],
    async () => (await import('./commands/scan.ts')).scan,
  );
  command(
    'list',
    'List migrations.',
    [
      new Option('--service <service>', 'only those of a service, for example neutron'),
      resourceType(),
      new Option('--status <status>', 'only those that have come so far'),
      new Option('--source-id <id>', 'only those of this original'),
      new Option('--archived', 'only archived ones'),
      new Option('--include-archived', 'archived ones too'),
      new Option('--external', 'only those that were registered by hand'),
      new Option('--source-removed', 'only those whose original was removed'),
      new Option('--exclude-source-removed', 'only those whose original is still there'),
      format(),
    ],
    async () => (await import('./commands/list.ts')).list,
  );
  command('show', 'Show one migration.', [format()], async () => (await import('./commands/show.ts')).show).argument(
    '<migration_id>',
    'its UUID, as `list` shows it',
  );
  command(
    'fidelity',
    'Show what became of each attribute: equal, mapped, lost, impossible or unknown.',
    [
      resourceType(),
      new Option('--source-id <id>', 'only of this original'),
      new Option('--project <id>', 'only of this project of the source'),
      new Option('--plan <id>', 'only what this plan has done'),
      new Option('--verdict <verdict>', 'only this verdict').choices([
        'equal',
        'mapped',
        'lost',
        'impossible',
        'unknown',
      ]),
      format(),
    ],
    async () => (await import('./commands/fidelity.ts')).fidelity,
  );
  const events = command(
    'events',
    'Show what has happened, event by event.',
    [
      new Option('--follow', 'and what is still to happen, until stopped'),
      new Option('--since <position>', 'only what came after this position'),
      format(),
    ],
    async () => (await import('./commands/events.ts')).events,
  );
  command(
    'verify',
    'Follow the chain of an archive, file by file, and name the first line that is not as it was written.',
    [format()],
    async () => (await import('./commands/events-verify.ts')).eventsVerify,
    events,
  ).argument('<path>', 'the folder archive of a data directory, or one of its files');
  command(
    'limits',
    'Show what each process that moves bytes is allowed, or change it while they run.',
    [
      new Option('--bandwidth <rate>', 'bytes per second, for example 50MB/s; or none, or configured'),
      new Option('--transfers <number>', 'transfers at a time with one cloud; or none, or configured'),
      new Option('--reason <text>', 'why, for whoever reads the log'),
      format(),
    ],
    async () => (await import('./commands/limits.ts')).limits,
  );
  command(
    'register-external',
    'Say that a resource of the destination is the twin of one of the source.',
    [resourceType(), new Option('--no-check', 'without asking the clouds whether both are there')],
    async () => (await import('./commands/register-external.ts')).registerExternal,
  )
    .argument('<source_resource_id>', 'the id at the source, or a name that scans have seen')
    .argument('<destination_resource_id>', 'the id at the destination, or such a name');
  command(
    'cleanup-source',
    'Remove the originals of what was migrated.',
    [
      new Option('--service <service>', 'only those of a service, for example neutron'),
      resourceType(),
      new Option('--source-id <id>', 'only this original'),
      new Option('--all', 'all of them'),
      new Option('--dry-run', 'show what would be removed and stop'),
    ],
    async () => (await import('./commands/cleanup-source.ts')).cleanupSource,
  );
  command(
    'delete',
    'Archive records of migrations, or forget them; no cloud is touched.',
    [
      ...records(),
      new Option('--archived', 'only archived ones'),
      new Option('--hard', 'forget them for good'),
      new Option('--all', 'all of them'),
    ],
    async () => (await import('./commands/delete.ts')).deleteRecords,
  );
  command(
    'restore',
    'Bring archived records of migrations back.',
    [...records(), new Option('--all', 'all of them')],
    async () => (await import('./commands/restore.ts')).restore,
  );
  command(
    'capabilities',
    'Show what can be migrated.',
    [resourceType(), format()],
    async () => (await import('./commands/capabilities.ts')).capabilities,
  );
  command(
    'doctor',
    'Look at both clouds and say what a migration would hit; nothing is written.',
    [format()],
    async () => (await import('./commands/doctor.ts')).doctor,
  );
  command(
    'orphans',
    'Show what carries our marks in both clouds, and what the log makes of it.',
    [
      several(),
      new Option('--cloud <name>', 'only this one of the two'),
      new Option('--remove', 'delete what is temporary and past its time, where the log agrees'),
      format(),
    ],
    async () => (await import('./commands/orphans.ts')).orphans,
  );
  command(
    'recover',
    'Put a log right that was lost or hurt; without an option: say what can be done.',
    [
      new Option('--from-archive', 'restore the log as its archive has it').conflicts('fromMarkers'),
      new Option('--from-markers', 'prove from both clouds which twin belongs to which original'),
      new Option('--yes', 'do it; without it: show what would be done'),
      format(),
    ],
    async () => (await import('./commands/recover.ts')).recover,
  );
  const registry = program.command('registry').description('The mapping database.');
  command(
    'rebuild',
    'Throw the mapping database away and make it again from the event log.',
    [format()],
    async () => (await import('./commands/registry-rebuild.ts')).registryRebuild,
    registry,
  );
  const token = program.command('token').description('Who may ask the admin API for what.');
  command(
    'create',
    'Make a token and show it, this once.',
    [
      new Option('--name <name>', 'who is going to use it'),
      new Option('--scope <scopes>', 'what it allows: view, plan, execute, cleanup, admin; commas between them'),
      new Option('--expires <time>', 'when it ends, for example 30d or 12h; without it: not by itself'),
      reason(),
    ],
    async () => (await import('./commands/token.ts')).createToken,
    token,
  );
  command('list', 'List tokens.', [format()], async () => (await import('./commands/token.ts')).listTokens, token);
  command(
    'revoke',
    'Take a token back.',
    [reason()],
    async () => (await import('./commands/token.ts')).revokeToken,
    token,
  ).argument('<token>', 'its id or its name, as `token list` shows it');
  command(
    'serve',
    'Run all services in this process until stopped.',
    [
      new Option('--port <number>', 'with the admin API on http://127.0.0.1:<number>'),
      new Option('--bandwidth-limit <rate>', 'bytes that all transfers together may move, for example 100MB/s'),
    ],
    async () => (await import('./commands/serve.ts')).serve,
  );
  addCompletion(program, io);
  addHelp(program, io);
  addExamples(program);
  return program;
};
