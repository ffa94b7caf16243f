/** `sluice budgets`: what may be spent, what was, and a raise. */
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { readUsd } from '../key-options.ts';
import { counted, money, table, wait } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';

export async function listBudgets(args: Arguments, shell: Shell): Promise<number> {
  return withClient(args, shell, async (client) => {
    const { budgets } = await client.ask('budgets.list', {});
    if (args.flag('json')) {
      shell.out(JSON.stringify({ budgets }));
      return 0;
    }
    if (budgets.length === 0) {
      shell.err('No budget counted anything yet. `sluice keys create --name N --budget 5/day` makes a key with one.');
      return 0;
    }
    const columns = [
      { title: 'BUDGET', max: 48 },
      { title: 'WHO', max: 40 },
      { title: 'PERIOD' },
      { title: 'SPENT', right: true },
      { title: 'OF', right: true },
      { title: '' },
      { title: 'RESETS IN', right: true },
      { title: 'FORECAST', max: 48 },
      { title: 'STATE' },
    ];
    shell.out(
      table(
        columns,
        budgets.map((entry) => rowOf(entry, shell.now())),
      ),
    );
    for (const { id, reason } of budgets) if (reason !== null) shell.err(`Budget "${id}": ${reason}`);
    return 0;
  });
}

export async function raiseBudget(args: Arguments, shell: Shell): Promise<number> {
  const [id = '', amount = ''] = args.operands;
  const by_usd = readUsd('AMOUNT', amount, 'budgets raise');
  if (Number(by_usd) === 0) throw new UsageError('AMOUNT is 0: give what it is to be raised by.', 'budgets raise');
  const subject = args.text('subject');
  return withClient(args, shell, async (client) => {
    const { entry } = await client.ask('budgets.raise', {
      id,
      by_usd,
      note: args.text('note') ?? '',
      ...(subject === undefined ? {} : { subject }),
    });
    if (args.flag('json')) shell.out(JSON.stringify(entry));
    else {
      const until =
        entry.resets_at === null ? '' : ` until it resets in ${wait(Date.parse(entry.resets_at) - shell.now())}`;
      shell.err(`Budget "${id}" of ${whoOf(entry)} is raised by ${money(by_usd)}${until}: ${spentOf(entry)}.`);
    }
    return 0;
  });
}

export async function acceptBudgets(args: Arguments, shell: Shell): Promise<number> {
  return withClient(args, shell, async (client) => {
    const { accepted } = await client.ask('budgets.accept', {});
    if (args.flag('json')) shell.out(JSON.stringify({ accepted }));
    else if (accepted === 0) shell.err('Nothing was waiting for that: every budget knows what was spent.');
    else shell.err(`What is known was accepted: ${counted(accepted, 'budget')} may be spent from again.`);
    return 0;
  });
}

function rowOf(entry: BudgetEntry, now: number): string[] {
  const share = shareOf(entry);
  return [
    entry.id,
    whoOf(entry),
    entry.period,
    money(entry.spent_usd),
    money(wholeLimit(entry)),
    share === undefined ? '' : `${bar(share)} ${percent(share)}`,
    entry.resets_at === null ? '–' : wait(Date.parse(entry.resets_at) - now),
    entry.forecast ?? '–',
    entry.state,
  ];
}

/** `$1.20 of $5 spent (24 %), $0.30 reserved`. */
export function spentOf(entry: BudgetEntry): string {
  const share = shareOf(entry);
  const reserved = Number(entry.reserved_usd) === 0 ? '' : `, ${money(entry.reserved_usd)} reserved`;
  const part = share === undefined ? '' : ` (${percent(share)})`;
  return `${money(entry.spent_usd)} of ${money(wholeLimit(entry))} spent${part}${reserved}`;
}

function whoOf({ scope, subject, match }: BudgetEntry): string {
  if (scope === 'global') return subject === null ? 'everybody' : `session ${subject}`;
  if (match === null || subject === null) return `${scope} ${subject ?? match ?? '*'}`;
  return `${scope} ${match}, session ${subject}`;
}

/** The limit with what it was raised by. */
function wholeLimit({ limit_usd, raised_usd }: BudgetEntry): string {
  const [limit, raised] = [limit_usd, raised_usd].map(usdToPicoExact);
  return limit === undefined || raised === undefined ? limit_usd : picoToUsd(limit + raised);
}

/** `undefined` where nothing may be spent. */
function shareOf(entry: BudgetEntry): number | undefined {
  const limit = Number(wholeLimit(entry));
  return limit > 0 ? Number(entry.spent_usd) / limit : undefined;
}

/** Rounded down: 100 % is said of what is used up and of nothing less. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

const cells = 10;

function bar(share: number): string {
  const full = Math.min(cells, Math.floor(share * cells));
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
}
