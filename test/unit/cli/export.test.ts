import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entry, terminal, type Terminal } from './terminal.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-export-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const nasty = entry({ request_id: 'req-2', client: '=1+1', route_reason: 'two\nlines "and" more', status: 502 });

/** Lines as they stand in the stream: each text that is put out gets its line break. */
const written = (out: readonly string[]): string[] => `${out.join('\n')}\n`.split('\r\n').slice(0, -1);

/** An instance whose log has three pages, of which the second holds nothing that fits. */
function withPages(cwd = '/nowhere'): Terminal {
  const made = terminal({ cwd });
  const pages = [
    { entries: [entry()], next: '2.2' },
    { entries: [], next: '1.1' },
    { entries: [nasty], next: null },
  ];
  const call = (name: string, input: unknown): Promise<unknown> => {
    if (name === 'config.state') return Promise.resolve({ ok: true, value: { export_refused: null } });
    made.asked.push([name, input]);
    return Promise.resolve({ ok: true, value: pages[made.asked.length - 1] });
  };
  Object.assign(made.shell.product, { openOffline: async () => ({ call, close: async () => undefined }) });
  return made;
}

describe('where the rules of a team keep what is recorded out of files', () => {
  it.each([[['log', '--export', 'csv']], [['usage', '--csv']]])(
    '%j writes nothing, and says whose rule that is',
    async (argv) => {
      const export_refused = 'Blocked by team policy /logging/export (acme-core@12, line 7): not into files.';
      const { run, out, err } = terminal({ answers: { 'config.state': { export_refused } } });
      expect(await run(...argv)).toBe(1);
      expect(out).toEqual([]);
      expect(err.join('\n')).toContain(export_refused);
    },
  );
});

describe('log --export', () => {
  it('csv is a line of titles and one for each exchange, page by page to the end', async () => {
    const { run, out, asked } = withPages();
    expect(await run('log', '--export', 'csv', '--status=5xx')).toBe(0);
    const lines = written(out);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^request_id,at,key,client,user,team,session,.*,cost_usd,.*,route_reason$/);
    expect(lines[1]).toMatch(/^req-1,2026-11-25T12:00:00.000Z,ide,claude-code,/);
    expect(lines[2]).toMatch(/^req-2,.*,'=1\+1,.*"two lines ""and"" more"$/);
    expect(asked.map(([, input]) => (input as { before?: string }).before)).toEqual([undefined, '2.2', '1.1']);
    expect(asked[0]?.[1]).toMatchObject({ filter: { status: '5xx' }, limit: 500 });
  });

  it('jsonl is an object on each line, everything that the ledger tells', async () => {
    const { run, out } = withPages();
    expect(await run('log', '--export', 'jsonl')).toBe(0);
    const lines = out.flatMap((text) => text.split('\n'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([entry(), nasty]);
  });

  it('goes to a file that only its owner may read', async () => {
    const { run, out, err } = withPages(directory);
    expect(await run('log', '--export', 'csv', '--output', 'log.csv', '--limit', '1')).toBe(0);
    expect(out).toEqual([]);
    expect(err.join()).toContain('log.csv');
    const path = join(directory, 'log.csv');
    expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(3);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['--export', 'xml'], 'csv or jsonl'],
    [['--export', 'csv', '--json'], 'leave --json out'],
    [['--export', 'csv', '--follow'], 'leave --follow out'],
    [['--output', 'x'], '--export csv'],
    [['--outcome', 'odd'], 'give one of'],
    [['--min-cost', 'much'], 'US dollars'],
    [['--status', '6xx'], 'from 100 to 999, or a class such as 4xx.'],
    [['--status', '99'], 'from 100 to 999'],
    [['--since', 'nonsense'], 'See `sluice log --help`.'],
  ])('is told what is wrong: %j', async (args, message) => {
    const { run, err, asked } = withPages();
    expect(await run('log', ...args)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(asked).toEqual([]);
  });

  it('is 1 when the file cannot be written', async () => {
    const { run, err } = withPages(directory);
    expect(await run('log', '--export', 'csv', '--output', 'no/such/folder.csv')).toBe(1);
    expect(err).toEqual(['sluice: no/such/folder.csv cannot be written: its folder is not there.']);
  });

  it.skipIf(process.platform === 'win32')('closes a file that was open to others before it writes', async () => {
    const file = join(directory, 'open.csv');
    writeFileSync(file, 'what was there before', { mode: 0o644 });
    expect(await withPages(directory).run('log', '--export', 'csv', '--output', 'open.csv')).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^request_id,/);
  });
});

describe('log', () => {
  it('goes on over pages that hold nothing, and asks for everything that the options say', async () => {
    const { run, out, asked } = withPages();
    const options = ['--user=u', '--team=t', '--session=s', '--target=p/m', '--rule=*', '--outcome=failed', '--losses'];
    expect(await run('log', ...options, '--min-cost=0.05', '--min-duration=900', '--search=gpt')).toBe(0);
    expect(out.join('\n').split('\n')).toHaveLength(3);
    expect(asked[0]?.[1]).toEqual({
      limit: 50,
      filter: {
        ...{ user: 'u', team: 't', session: 's', target: 'p/m', rule: '*', outcome: 'failed', losses: true },
        ...{ min_cost_usd: '0.05', min_duration_ms: 900, q: 'gpt' },
      },
    });
  });
});

describe('usage --csv', () => {
  const sums = {
    ...{ requests: 2, errors: 1, input_tokens: 3, output_tokens: 4, cache_read_tokens: 5, cache_write_tokens: 6 },
    ...{
      cost_usd: null,
      known_cost_usd: '1.5',
      unknown_costs: 1,
      cache_hit_rate: 0.25,
      cached: 0,
      cache_saved_usd: '0',
    },
  };

  it('is a line for each group, an unknown cost left empty', async () => {
    const report = { groups: [{ day: '2026-11-25', model: '@evil', ...sums }], total: sums };
    const { run, out } = terminal({ answers: { 'usage.query': report, 'config.state': { export_refused: null } } });
    expect(await run('usage', '--csv', '--group-by', 'model,day')).toBe(0);
    expect(written(out)).toEqual([
      'day,model,requests,errors,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,cost_usd,known_cost_usd,unknown_costs,cache_hit_rate,cached,cache_saved_usd',
      "2026-11-25,'@evil,2,1,3,4,5,6,,1.5,1,0.25,0,0",
    ]);
  });

  it('is not JSON at the same time', async () => {
    const { run } = terminal({ answers: {} });
    expect(await run('usage', '--csv', '--json')).toBe(2);
    expect(await run('usage', '--output', 'x')).toBe(2);
  });
});
