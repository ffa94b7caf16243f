/** `sluice policy backtest`: what other rules of masking and firewall would have done with what was recorded. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CallInput, CallOutput } from '../../../shared/contract/contract.ts';
import type { ChangedEntry } from '../../../shared/contract/policy.ts';
import type { Arguments } from '../arguments.ts';
import { withClient, type Client } from '../client.ts';
import { counted, grouped, localTime, table } from '../output.ts';
import { readText } from '../read-text.ts';
import type { Shell } from '../shell.ts';
import { readGivenBundle } from './bundle-read.ts';
import { authored } from './bundle-support.ts';
import { readRange } from './usage.ts';

type Page = CallOutput<'policy.backtest'>;

const pageSize = 100;
const limitRange = { min: 1, max: 1_000_000 };
const usualLimit = 10_000;
const wanted = 'a config file or a policy bundle';

export const backtestPolicy = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const file = args.text('bundle');
  const rules = file === undefined ? null : { file, text: await rulesIn(file, args, shell) };
  const range = readRange(args, shell.now());
  const limit = args.number('limit', limitRange) ?? usualLimit;
  return withClient(args, shell, async (client) => {
    const found = await wholeOf(client, { ...range, rules }, limit);
    if (args.flag('json')) shell.out(JSON.stringify(found));
    else tell(found, rules === null, shell);
    return 0;
  });
});

/** A config file or bundle.yaml as it is; the folder of a bundle as `publish` would make it, a signed one verified. */
async function rulesIn(file: string, args: Arguments, shell: Shell): Promise<string> {
  const path = resolve(shell.cwd, file);
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (isFolder || file.endsWith('.sluice')) return (await readGivenBundle(file, args, shell)).bundle.text;
  return readText({ path, shown: file }, wanted);
}

async function wholeOf(
  client: Client,
  asked: CallInput<'policy.backtest'>,
  limit: number,
): Promise<Omit<Page, 'next'>> {
  const whole = { examined: 0, not_recorded: 0, unusable: 0, changed: [] as ChangedEntry[] };
  let before: string | undefined;
  for (let left = limit; left > 0;) {
    const page = await client.ask('policy.backtest', {
      ...asked,
      limit: Math.min(pageSize, left),
      ...(before === undefined ? {} : { before }),
    });
    left -= page.examined + page.not_recorded + page.unusable;
    whole.examined += page.examined;
    whole.not_recorded += page.not_recorded;
    whole.unusable += page.unusable;
    whole.changed.push(...page.changed);
    if (page.next === null) break;
    before = page.next;
  }
  return whole;
}

function tell(
  { examined, not_recorded, unusable, changed }: Omit<Page, 'next'>,
  isRunning: boolean,
  shell: Shell,
): void {
  if (examined + unusable === 0) {
    shell.err(
      not_recorded === 0
        ? 'There is no exchange in that time.'
        : `${counted(not_recorded, 'exchange')} in that time, and what was said is kept of none. Only what is recorded from now on can be tested: \`logging: { content: full }\` (docs/recording.md).`,
    );
    return;
  }
  if (changed.length > 0)
    shell.out(
      table(
        columns,
        changed.map((one) => row(one, shell)),
      ),
    );
  const others = [
    not_recorded === 0 ? '' : `${counted(not_recorded, 'exchange')} without a recorded request`,
    unusable === 0 ? '' : `${counted(unusable, 'exchange')} that could not be tried`,
  ].filter((text) => text !== '');
  const against = isRunning ? 'than when they were sent, by the running rules' : 'by these rules';
  shell.err(
    `${grouped(changed.length)} of ${counted(examined, 'request')} would be treated differently ${against}.${others.length === 0 ? '' : ` Left out: ${others.join(', ')}.`}`,
  );
}

const columns = [
  { title: 'AT' },
  { title: 'REQUEST' },
  { title: 'CLIENT', max: 20 },
  { title: 'MODEL', max: 32 },
  { title: 'WHAT WOULD CHANGE', max: 100 },
];

function row({ at, request_id, client, model_asked, changes }: ChangedEntry, shell: Shell): string[] {
  return [localTime(at, shell.timezone), request_id, client ?? '–', model_asked ?? '–', changes.join('; ')];
}
