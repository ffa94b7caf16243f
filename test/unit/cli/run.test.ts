import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../../main/cli/commands.ts';
import { ConfigError } from '../../../main/config/problems.ts';
import { terminal } from './terminal.ts';

describe('exit codes', () => {
  it('is 2 with the overview on stderr when nothing was asked', async () => {
    const { run, out, err } = terminal();
    expect(await run()).toBe(2);
    expect(out).toEqual([]);
    for (const { name } of commands) expect(err.join('\n')).toContain(`  ${name} `);
  });

  it.each([
    [['serv'], 'Did you mean `sluice serve`?'],
    [['key', 'list'], 'Did you mean `sluice keys`?'],
    [['keys'], '`sluice keys` needs one more word. There are: keys create, keys list, keys show, keys update'],
    [['keys', 'lst'], 'Did you mean `sluice keys list`?'],
    [['xyzzy'], 'There is no command `sluice xyzzy`.'],
    [['status', '--jsno'], 'Did you mean --json?'],
    [['keys', 'create'], 'A key needs a name: --name N.'],
    [['keys', 'create', '--name', 'a', '--models', ','], '--models is empty'],
    [['keys', 'revoke'], '`sluice keys revoke` needs ID.'],
    [['log', '--limit', '0'], 'whole number from 1'],
    [['log', '--status', 'ok'], 'whole number from 100'],
    [['log', '--since', 'soon'], '--since is "soon"'],
    [['log', '--follow', '--until', 'now'], 'leave --until out'],
    [
      ['usage', '--group-by', 'day,moon'],
      '--group-by does not know "moon": give any of month, week, day, hour, model, provider, key, client, user, team.',
    ],
    [['usage', '--since', 'now', '--until', '1h'], '--since now is after --until 1h.'],
    [['serve', '--log-level', 'loud'], 'give one of debug, info, warn, error, silent'],
    [['serve', '--port', '65536'], 'whole number from 0 to 65535'],
    [['doctor', '--client', 'claude'], 'Did you mean claude-code?'],
    [['config', 'validate', '/nowhere/at/all.yaml'], '/nowhere/at/all.yaml does not exist.'],
  ])('is 2 for %j, with what would mend it', async (argv, message) => {
    const { run, out, err } = terminal();
    expect(await run(...argv)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(err.join('\n')).toMatch(/See `sluice .*--help`\./);
    expect(out).toEqual([]);
  });

  it('is 0 for help, which is the result that was asked for', async () => {
    for (const argv of [
      ['--help'],
      ['help'],
      ['keys', '--help'],
      ['help', 'keys'],
      ['keys', 'create', '-h'],
      ['keys', 'revoke', '--help'],
    ]) {
      const { run, out, err } = terminal();
      expect(await run(...argv)).toBe(0);
      expect(out.join('\n')).toContain('Usage: sluice');
      expect(err).toEqual([]);
    }
  });

  it('prints the version alone', async () => {
    const { run, out } = terminal();
    expect(await run('--version')).toBe(0);
    expect(out).toEqual(['1.2.3']);
  });

  it('is 1 for what could not be done, with the reason alone', async () => {
    const { run, err, out } = terminal();
    expect(await run('keys', 'revoke', 'nobody')).toBe(1);
    expect(err).toEqual(['sluice: There is no keys.revoke here.']);
    expect(out).toEqual([]);
  });

  it('is 2 for a broken config, each problem with file, line and column', async () => {
    const problem = {
      file: '/x/sluice.yaml',
      line: 3,
      column: 7,
      path: 'routes',
      problem: 'rotes is unknown',
      mend: 'Did you mean routes?',
    };
    const { run, err } = terminal({ openError: new ConfigError([problem, { ...problem, line: 9 }]) });
    expect(await run('keys', 'list')).toBe(2);
    expect(err.join('\n').split('\n')).toEqual([
      '/x/sluice.yaml:3:7: rotes is unknown. Did you mean routes?',
      '/x/sluice.yaml:9:7: rotes is unknown. Did you mean routes?',
    ]);
  });

  it('is 1 with the place for a bug', async () => {
    const { run, err } = terminal({ openError: new TypeError('x is not a function') });
    expect(await run('keys', 'list')).toBe(1);
    expect(err.join('\n')).toContain('x is not a function');
    expect(err.join('\n')).toContain('run.test.ts');
  });

  it('lets no message move the cursor', async () => {
    const { run, err } = terminal();
    await run('x\u001b[2Jy');
    expect(err.join('\n')).not.toContain('\u001b');
  });
});

describe('serve', () => {
  let before = 0;
  beforeEach(() => {
    before = process.umask(0o022);
  });
  afterEach(() => {
    process.umask(before);
  });

  it('lets nobody else read what is made from then on (SEC-46)', async () => {
    expect(await terminal().run('serve')).toBe(0);
    expect(process.umask(0o022)).toBe(0o077);
  });

  it('hands every option over, files as absolute paths', async () => {
    const { run, served } = terminal({ env: { SLUICE_DATA: '/data' } });
    const argv = [
      '--port',
      '0',
      '--ui-port=9',
      '--host',
      '::1',
      '--no-ui',
      '--log-level',
      'debug',
      '--config',
      'a.yaml',
    ];
    expect(await run('serve', ...argv)).toBe(0);
    expect(served).toEqual([
      {
        dataDir: '/data',
        configFile: '/nowhere/a.yaml',
        port: 0,
        uiPort: 9,
        host: '::1',
        ui: false,
        logLevel: 'debug',
      },
    ]);
  });

  it('leaves to the config what was not given', async () => {
    const { run, served } = terminal();
    await run('serve', '--data', 'here');
    expect(served).toEqual([
      {
        dataDir: '/nowhere/here',
        configFile: undefined,
        port: undefined,
        uiPort: undefined,
        host: undefined,
        ui: true,
        logLevel: undefined,
      },
    ]);
  });
});

describe('status and stop', () => {
  it.each([['status'], ['stop']])('%s is 1 when nothing runs', async (name) => {
    const { run, err, out } = terminal();
    expect(await run(name, '--data', '/nowhere')).toBe(1);
    expect(err.join('\n')).toContain('not running on /nowhere');
    expect(out).toEqual([]);
  });

  it('say so in JSON when asked', async () => {
    const asked = terminal();
    expect(await asked.run('status', '--json', '--data', '/nowhere')).toBe(1);
    expect(asked.out.map((text) => JSON.parse(text) as unknown)).toEqual([
      { running: false, data_directory: '/nowhere' },
    ]);
    const told = terminal();
    expect(await told.run('stop', '--json', '--data', '/nowhere')).toBe(1);
    expect(told.out.map((text) => JSON.parse(text) as unknown)).toEqual([{ stopped: false }]);
  });
});
