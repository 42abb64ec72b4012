/** What help tells beside the commands: a word, what it is about, and the text. */
export interface Topic {
  readonly about: string;
  readonly text: string;
}

/** By the word that is asked for: `openstack-migrate help formats`. */
export const topics: { readonly [word: string]: Topic } = {
  formats: {
    about: 'how what is shown can be read by programs',
    text: `
Commands that show data take -f (--format):

  table   for people, and the default. On a terminal it fits it, and long cells go
          on in the next line; in a file or a pipe each row is one line.
  json    one line, with all fields; of \`events\`, a line for each event.
  yaml    the same, a document; of \`events\`, a document for each event.

What is data goes to the standard output, everything else to the standard error.
Field names stay as they are from version to version; new ones may be added.

  openstack-migrate list -f json | jq -r '.[] | select(.status == "failed") | .uuid'

Commands that take their time show bars on a terminal. For programs: --progress json
writes a line a second, with nothing else between them.
`,
  },
  'exit-codes': {
    about: 'how a command ended, as the shell hears it',
    text: `
  0   All of it was done.
  1   None of it was done; or something is wrong that the command was to find.
  2   The command line or the configuration makes no sense: no cloud was asked to do
      anything.
  3   A part of it was done, or it was interrupted: the same command goes on with the
      rest. \`doctor\` and \`orphans\`: something was found that wants a look.

Whatever went wrong is told on the standard error in two lines: what and why, and what
to do now. --debug adds where it comes from.
`,
  },
  environment: {
    about: 'variables that are heeded',
    text: `
  OPENSTACK_MIGRATE_CONFIG      the configuration, as --config names it
  OPENSTACK_MIGRATE_DATA        where the event log and the registry live, as --data
  OPENSTACK_MIGRATE_EVENT_LOG   the event log: embedded:, or nats://HOST:PORT
  OS_CLIENT_CONFIG_FILE         clouds.yaml, where the configuration names none
  OS_CLIENT_SECURE_FILE         secure.yaml, with the passwords of clouds.yaml
  NO_COLOR                      no colours, also on a terminal
  FORCE_COLOR                   colours, also in a file; 0: none. It counts more than
                                NO_COLOR
  XDG_CONFIG_HOME               where clouds.yaml is looked for, instead of ~/.config
  XDG_CACHE_HOME                where compiled code is kept, instead of ~/.cache
  NODE_DISABLE_COMPILE_CACHE    keep no compiled code

An option of the command line counts more than a variable, and a variable more than the
configuration.
`,
  },
  tokens: {
    about: 'who may ask the admin API for what',
    text: `
The admin API and the page want a token. It is shown once, when it is made; only its
hash is kept.

  openstack-migrate token create --name ann --scope view,plan,execute --expires 30d
  openstack-migrate token list
  openstack-migrate token revoke ann

What a token allows, by its scopes:

  view      look at everything
  plan      have clouds scanned and plans drafted, register twins, forget records
  execute   approve, start, pause, resume and cancel plans, retry and skip steps, set
            limits
  cleanup   beside execute: run plans that delete something
  admin     make tokens and take them back, make the registry anew

Whatever is done with a token counts as the word of its name, and stands in the log.
`,
  },
  plans: {
    about: 'how a migration goes, from a draft to its end',
    text: `
Nothing is made, moved or removed but by a plan. It is drafted from what scans have
seen, has a digest, and does exactly what was approved by that.

  openstack-migrate plan --resource-type project --filter name:shop --include-members
  openstack-migrate apply DIGEST

\`start\` and \`start-batch\` draft a plan, approve it and run it in one go. A plan that was
interrupted goes on with the same command; what has its twin is not made again.

  plans                      list them; a plan is named by its id, the beginning of its
                             id, or its digest
  pause, resume              no further step begins; go on
  cancel                     give up what is not done, and collect what was begun
  retry --reason             try again what has failed, or one --step of it
  skip --step --reason       do without a step, and what stands on it
  rollback                   delete the twins again that a plan has made
  cleanup-source             remove originals whose twins are whole
  second                     agree to a plan that deletes, as another person, where
                             cleanup_needs_second says so
`,
  },
};
