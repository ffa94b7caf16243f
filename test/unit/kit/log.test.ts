import { describe, expect, it } from 'vitest';
import { createLog, type Log, type LogOptions, type LogSink } from '../../../main/kit/log.ts';
import { createRedactor } from '../../../main/kit/redact.ts';
import { Secret } from '../../../main/kit/secret.ts';

const clock = { now: () => Date.UTC(2026, 10, 25, 12, 30, 15, 250), monotonic: () => 0 };

interface Kept {
  readonly log: Log;
  readonly lines: () => string[];
  /** Lets a sink that stands still go on. */
  readonly release: () => void;
}

function keep(options: Partial<LogOptions> = {}, still = false): Kept {
  let text = '';
  let held: (() => void) | undefined;
  const sink: LogSink = {
    write(part, done) {
      text += part;
      if (still) held = done;
      else done();
    },
    writeNow: (part) => void (text += part),
  };
  return {
    log: createLog({ redactor: createRedactor(), clock, sinks: [sink], ...options }),
    lines: () => text.split('\n').slice(0, -1),
    release: () => held?.(),
  };
}

describe('log lines', () => {
  it('are one JSON object each, with time, level, message and fields', () => {
    const { log, lines } = keep();
    log.info('ready', { port: 4790, names: ['a'] });
    log.error('first\nsecond');
    expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      { time: '2026-11-25T12:30:15.250Z', level: 'info', message: 'ready', port: 4790, names: ['a'] },
      { time: '2026-11-25T12:30:15.250Z', level: 'error', message: 'first\nsecond' },
    ]);
  });

  it('are readable at a terminal, and nothing in them moves its cursor', () => {
    const { log, lines } = keep({ format: 'pretty' });
    log.warn('slow', { provider: 'x\u001b[31m', ms: 12, left: undefined, at: { a: 1 } });
    expect(lines()).toEqual(['12:30:15.250 warn  slow  provider=x  ms=12  at={"a":1}']);
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('at level %s are %i of four', (level, count) => {
    const { log, lines } = keep({ level });
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(lines()).toHaveLength(count);
  });

  it.each(['json', 'pretty'] as const)('hold no key in a message, a field, an error or a cause (%s)', (format) => {
    const redactor = createRedactor();
    redactor.learn('config', ['a-plain-secret']);
    const { log, lines } = keep({ format, redactor });
    const cause = new Error('upstream said a-plain-secret');
    log.error('GET /c/path-token/v1beta/models?key=query-key', {
      url: 'http://h/c/path-token/x?key=query-key',
      headers: { 'x-api-key': 'header-key', authorization: 'Bearer bearer-key-1' },
      error: new Error('sk-sluice-ide-23456789 failed', { cause }),
      secret: new Secret('never-learnt-value'),
    });
    const text = lines().join('\n');
    expect(text).toContain('/c/***/v1beta/models?key=***');
    for (const key of [
      'a-plain-secret',
      'path-token',
      'query-key',
      'header-key',
      'bearer-key-1',
      '23456789',
      'never-learnt-value',
    ]) {
      expect(text).not.toContain(key);
    }
  });

  it('show an error with its code and causes, and survive what JSON cannot hold', () => {
    const { log, lines } = keep();
    const loop: Record<string, unknown> = { big: 10n };
    loop['self'] = loop;
    log.error('x', {
      error: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'ECONNRESET' }),
      loop,
    });
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      error: { name: 'Error', message: 'outer', code: 'ECONNRESET', cause: { message: 'inner' } },
      loop: { big: '10', self: '[seen]' },
    });
    log.error('y', {
      get thrower(): string {
        throw new Error('no');
      },
    });
    expect(JSON.parse(lines()[1] ?? '')).toMatchObject({ message: 'y', fields: '[unprintable]' });
  });

  it('that are too long are cut and stay JSON', () => {
    const { log, lines } = keep();
    log.info('x'.repeat(100_000));
    const [line = ''] = lines();
    expect(line.length).toBeLessThan(20_000);
    expect(JSON.parse(line)).toMatchObject({ message: 'log line cut' });
  });
});

describe('a sink that stands still', () => {
  it('holds no more than a thousand lines, and says how many were dropped', () => {
    const { log, lines, release } = keep({}, true);
    for (let number = 0; number < 2_501; number += 1) log.info(String(number));
    expect(lines()).toHaveLength(1);
    release();
    const parsed = lines().map((line) => JSON.parse(line) as { message: string; count?: number });
    expect(parsed[1]).toMatchObject({ message: 'log lines dropped', count: 1_500 });
    expect(parsed.slice(2).map(({ message }) => message)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => String(1_501 + index)),
    );
  });

  it('loses nothing that waited at the end of the process', () => {
    const { log, lines } = keep({}, true);
    log.info('first');
    log.info('last');
    log.flush();
    expect(lines().map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['first', 'last']);
    log.flush();
    expect(lines()).toHaveLength(2);
  });
});
