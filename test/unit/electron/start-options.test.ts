import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { argumentsAgain, readStartOptions, readTold, type StartOptions } from '../../../main/electron/start-options.ts';

const nothing: StartOptions = {
  ...{ dataDir: undefined, configFile: undefined, host: undefined, port: undefined, logLevel: undefined },
  ...{ hidden: false, link: undefined, page: undefined },
};

describe('what a start is told', () => {
  it('is nothing by default', () => {
    expect(readStartOptions([])).toEqual(nothing);
  });

  it('is what `serve` takes, in both ways of writing it', () => {
    const given = [
      '--data',
      '/d',
      '--config=/c.yaml',
      '--host',
      '0.0.0.0',
      '--port=4800',
      '--log-level',
      'debug',
      '--hidden',
    ];
    expect(readStartOptions([...given, '--page=activity'])).toEqual({
      ...{ dataDir: '/d', configFile: '/c.yaml', host: '0.0.0.0', port: 4_800, logLevel: 'debug', hidden: true },
      ...{ link: undefined, page: 'activity' },
    });
  });

  it.each([
    ['--inspect=1', '--no-sandbox', '--type=renderer', '-psn_0_12345', '--enable-features=A,B', '--', 'x'],
    ['--allow-file-access-from-files', '--original-process-start-time=13350', '/path/to/something', '.'],
    ['--__proto__=x', '--constructor', '--=x', '-', '---', '', '-=', '--no-hidden'],
    ['--port', '--data', '--log-level=loud', '--page=', '--host='],
    ['--port=-1', '--data='],
    ['--port=65536'],
    ['--port=4790x'],
    ['--port=0x10'],
    ['--port= 80'],
    ['--port=１２'],
  ])('is left alone where it is not known or of no use: %j %j', (...args) => {
    expect(readStartOptions(args)).toMatchObject({
      port: undefined,
      logLevel: undefined,
      hidden: false,
      link: undefined,
    });
  });

  it.each([
    ['--port=0', 0],
    ['--port=65535', 65_535],
    ['--port=004790', undefined],
    ['--port=04790', 4_790],
  ])('is a port: %s', (arg, port) => {
    expect(readStartOptions([arg]).port).toBe(port);
  });

  it('is a link, as it came, wherever the system puts it', () => {
    const link = 'SLUICE://open/usage?x=%20';
    expect(readStartOptions([link]).link).toBe(link);
    expect(readStartOptions(['--unknown', link]).link).toBe(link);
    expect(readStartOptions(['--data', '/d', '--', link])).toMatchObject({ link, dataDir: '/d' });
    expect(readStartOptions(['--hidden', link, 'sluice://second'])).toMatchObject({ link, hidden: true });
  });

  it('is no option that came with a link: a link is written by anybody', () => {
    const link = 'sluice://open/usage';
    const given = [
      link,
      '--data',
      '\\\\evil\\share',
      '--config=/evil.yaml',
      '--host=0.0.0.0',
      '--port=1',
      '--hidden',
      '--page=x',
    ];
    expect(readStartOptions(given)).toEqual({ ...nothing, link });
    expect(readStartOptions(['--data', link])).toMatchObject({ dataDir: undefined, link });
  });

  it('never throws', () => {
    const words = [
      '--data',
      '--port',
      '--hidden',
      '--page=',
      '--log-level',
      'sluice://',
      '--',
      '-',
      '=',
      '\u0000',
      '-abc',
      '--hidden=1',
    ];
    const arg = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(arg, { maxLength: 8 }), (args) => {
        const { dataDir, port } = readStartOptions(args);
        expect([undefined, 'string']).toContain(dataDir === undefined ? undefined : typeof dataDir);
        expect(port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)).toBe(true);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('what another start tells the one that runs', () => {
  it('is a link, a page, and whether to stay in the background', () => {
    const told = { hidden: true, link: 'sluice://open', page: 'usage' };
    expect(readTold({ ...nothing, ...told })).toEqual(told);
  });

  it.each([
    [undefined],
    [null],
    ['x'],
    [7],
    [[]],
    [{}],
    [{ hidden: 'yes', link: 7, page: { toString: 'x' } }],
    [{ link: '' }],
  ])('is nothing where another version tells something else: %j', (told) => {
    expect(readTold(told)).toEqual({ hidden: false, link: undefined, page: undefined });
  });
});

describe('a process that takes the place of this one', () => {
  it('has the options of this one, and is told its own', () => {
    const args = ['main.js', '--hidden', '--data', '/d'];
    expect(argumentsAgain(args, ['--hidden'])).toEqual(['main.js', '--data', '/d', '--hidden']);
    expect(argumentsAgain(args, [])).toEqual(['main.js', '--data', '/d']);
  });

  it('has nothing that came with a link: it would be taken for an option this time', () => {
    const args = ['--port=4800', 'sluice://open/usage', '--data', '\\\\evil\\share', '--host=0.0.0.0'];
    expect(argumentsAgain(args, ['--hidden'])).toEqual(['--port=4800', '--hidden']);
    expect(readStartOptions(argumentsAgain(['--', ...args], ['--hidden']))).toEqual({ ...nothing, hidden: true });
  });
});
