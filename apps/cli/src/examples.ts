import type { Command } from 'commander';

/** For each command, by the words that call it: what people type, without the name of the program. */
export const examples: { readonly [command: string]: readonly string[] } = {
  start: [
    'start 0b7f2c1e-5c1d-4d0a-9a63-2f1f4f6f7a10 --resource-type instance --include-dependencies',
    'start web-1 --resource-type instance --include-dependencies --dry-run',
  ],
  'start-batch': ['start-batch --resource-type volume --filter project_id:8a6b0c1d2e3f4051 --include-dependencies'],
  plan: [
    'plan --resource-type project --filter name:shop --include-members --include-dependencies',
    'plan net-a --resource-type network -f yaml',
  ],
  apply: ['apply 3f9a1c0de4b2'],
  plans: ['plans -f json'],
  pause: ['pause 5f9da692 --reason "the link is needed for something else"'],
  resume: ['resume 5f9da692 --bandwidth-limit 50MB/s'],
  cancel: ['cancel 5f9da692 --reason "the window is over"'],
  retry: [
    'retry 5f9da692 --reason "the quota was raised"',
    'retry 5f9da692 --step volume/0b7f2c1e/transfer --reason "there is room now"',
  ],
  skip: ['skip 5f9da692 --step port/0b7f2c1e/create --reason "not used any more"'],
  second: ['second 5f9da692 --reason "looked at every original"'],
  rollback: ['rollback 5f9da692', 'rollback 5f9da692 --yes'],
  scan: ['scan', 'scan --cloud destination --resource-type network --resource-type subnet'],
  list: ['list --status failed', 'list --resource-type volume --source-removed -f json'],
  show: ['show 330c9983-e719-52fa-ab51-16a432a68af6'],
  fidelity: ['fidelity --verdict lost', 'fidelity --plan 5f9da692-1e0a-417b-907d-eb5768c43aa9 -f yaml'],
  events: ['events --follow', 'events --since 1200 -f json'],
  'events verify': ['events verify ~/.local/share/openstack-migrate/sqlite.db.d/archive'],
  limits: ['limits', 'limits --bandwidth 50MB/s --transfers 4 --reason "office hours"'],
  'register-external': ['register-external public public --resource-type network'],
  'cleanup-source': ['cleanup-source --resource-type volume --dry-run', 'cleanup-source --all'],
  delete: ['delete --status failed', 'delete --id 330c9983-e719-52fa-ab51-16a432a68af6 --hard'],
  restore: ['restore --id 330c9983-e719-52fa-ab51-16a432a68af6'],
  capabilities: ['capabilities --resource-type instance'],
  doctor: ['doctor', 'doctor -f yaml'],
  orphans: ['orphans', 'orphans --cloud destination --remove'],
  recover: ['recover', 'recover --from-archive --yes'],
  'registry rebuild': ['registry rebuild'],
  'token create': ['token create --name ann --scope view,plan,execute --expires 30d'],
  'token list': ['token list'],
  'token revoke': ['token revoke ann --reason "she has left"'],
  complete: ['complete bash'],
  serve: ['serve --port 8808'],
};

/** Shows each command's examples at the end of its help. */
export const addExamples = (program: Command): void => {
  for (const command of everyCommand(program)) {
    const lines = examples[wordsOf(command)];
    if (lines === undefined) continue;
    const shown = lines.map((line) => `  openstack-migrate ${line}`);
    command.addHelpText('after', `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${shown.join('\n')}`);
  }
};

/** All commands below one, those too that only hold others. */
export const everyCommand = (command: Command): readonly Command[] =>
  command.commands.flatMap((each) => [each, ...everyCommand(each)]);

/** The words that call a command: `token create`. */
export const wordsOf = (command: Command): string =>
  command.parent?.parent == null ? command.name() : `${wordsOf(command.parent)} ${command.name()}`;
