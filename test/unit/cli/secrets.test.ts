import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readSecret } from '../../../main/cli/read-secret.ts';
import { terminal } from './terminal.ts';

/** Standard input as a terminal gives it, and what stands on the screen. */
class Keyboard extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];
  readonly screen = new PassThrough();

  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }

  /** What a secret is taken as when these come in, one after the other. */
  async type(...keys: (string | Buffer)[]): Promise<string> {
    const taken = readSecret('Secret: ', this, this.screen);
    for (const key of keys) this.write(key);
    return await taken;
  }
}

describe('a secret typed at a terminal', () => {
  it('is not shown, and the terminal is as before afterwards', async () => {
    const keyboard = new Keyboard();
    expect(await keyboard.type('s', 'ecr', 'et', '\r')).toBe('secret');
    expect(keyboard.modes).toEqual([true, false]);
    expect(String(keyboard.screen.read())).toBe('Secret: \n');
    expect(keyboard.isPaused()).toBe(true);
  });

  it.each([
    ['a line feed ends it', ['abc\n'], 'abc'],
    ['backspace takes the last character back', ['abö', '\u007f', '\u0008', 'c\r'], 'ac'],
    ['Ctrl-U takes all of it back', ['abc', '\u0015', 'd\r'], 'd'],
    ['Ctrl-D ends it', ['abc', '\u0004'], 'abc'],
    ['arrow keys and tabs are no part of it', ['a\u001b[D', '\u001bOA', '\tb', '\u001b[200~c\u001b[201~\r'], 'abc'],
    ['a character may come in two halves', [Buffer.from([0xc3]), Buffer.from([0xb6]), '\r'], 'ö'],
    ['it may be empty', ['\r'], ''],
  ])('%s', async (_, keys, taken) => {
    expect(await new Keyboard().type(...keys)).toBe(taken);
  });

  it.each([
    ['Ctrl-C', ['abc', '\u0003'], 'Given up'],
    ['Ctrl-D at its beginning', ['\u0004'], 'Given up'],
    ['several lines at once', ['{\n"type": 1\n}\n'], 'more than one line'],
  ])('is not taken after %s', async (_, keys, why) => {
    const keyboard = new Keyboard();
    await expect(keyboard.type(...keys)).rejects.toThrow(why);
    expect(keyboard.modes).toEqual([true, false]);
  });

  it('is not taken when the terminal goes away', async () => {
    const keyboard = new Keyboard();
    const taken = readSecret('Secret: ', keyboard, keyboard.screen);
    keyboard.end('abc');
    await expect(taken).rejects.toThrow('Given up');
  });
});

describe('a secret from a pipe', () => {
  const piped = async (input: string): Promise<string> => {
    const [from, screen] = [new PassThrough(), new PassThrough()];
    from.end(input);
    const taken = await readSecret('Secret: ', from, screen);
    expect(screen.read()).toBeNull();
    return taken;
  };

  it.each([
    ['abc\n', 'abc'],
    ['abc\r\n', 'abc'],
    ['abc\n\n', 'abc\n'],
    [' abc ', ' abc '],
    ['', ''],
  ])('%j is %j', async (input, taken) => {
    expect(await piped(input)).toBe(taken);
  });

  it('is not read without end', async () => {
    await expect(piped('x'.repeat(65_537))).rejects.toThrow('too large');
  });
});

const stored = { id: 'openai', used_by: [], in_force: true };

describe('secrets set', () => {
  it('hands on what it was given and shows nothing of it', async () => {
    const { run, out, err, asked } = terminal({ answers: { 'secrets.set': stored }, input: 'sk-value' });
    expect(await run('secrets', 'set', 'openai')).toBe(0);
    expect(asked).toEqual([['secrets.set', { id: 'openai', value: 'sk-value' }]]);
    expect(out).toEqual([]);
    expect(err.join('\n')).toBe(
      'Secret "openai" is stored. Nothing refers to it yet: write secret:openai in the config where a key is wanted.',
    );
  });

  it('says who uses it, and that a broken config file keeps it from use', async () => {
    const used_by = [
      { provider: 'openai', key: 'main' },
      { provider: null, key: 'ci' },
    ];
    const answers = { 'secrets.set': { ...stored, used_by, in_force: false } };
    const { run, err } = terminal({ answers, input: 'sk-value' });
    expect(await run('secrets', 'set', 'openai')).toBe(0);
    expect(err.join('\n')).toContain('sluice config validate');
    expect(err.join('\n')).toContain('It is used by openai/main, virtual key ci.');
  });

  it.each([
    ['a value as an argument', ['openai', 'sk-value'], 'Pipe it'],
    ['a value as an option', ['openai', '--value', 'sk-value'], 'no option --value'],
    ['a value in the place of the id', ['sk/value'], 'ID is 1 to 64 letters'],
    ['no id', [], 'needs ID'],
  ])('refuses %s without repeating it', async (_, argv, why) => {
    const { run, out, err, asked } = terminal({ input: 'unread' });
    expect(await run('secrets', 'set', ...argv)).toBe(2);
    expect([...out, ...err].join('\n')).toContain(why);
    expect([...out, ...err].join('\n')).not.toMatch(/sk.value/);
    expect(asked).toEqual([]);
  });

  it.each(['', ' \n'])('refuses %j as empty', async (input) => {
    const { run, err, asked } = terminal({ input });
    expect(await run('secrets', 'set', 'openai')).toBe(2);
    expect(err.join('\n')).toContain('is empty');
    expect(asked).toEqual([]);
  });
});

const open = { kind: 'passphrase', name: 'argon2id', state: 'open', was: null, message: null };

describe('secrets protect and unlock', () => {
  const box = { protection: 'passphrase (argon2id)', keyring: open, secrets: [] };
  const passphrase = 'correct horse battery';

  it('hand on the passphrase and show nothing of it', async () => {
    const answers = { 'secrets.protect': box };
    const { run, out, err, asked } = terminal({ answers, input: passphrase });
    expect(await run('secrets', 'protect')).toBe(0);
    expect(asked).toEqual([['secrets.protect', { passphrase }]]);
    expect([...out, ...err].join('\n')).not.toContain('horse');
    expect(err.join('\n')).toContain('sluice secrets unlock');
  });

  it('take no short one, none as an argument, and unlock nothing that does not run', async () => {
    const short = terminal({ input: 'short' });
    expect(await short.run('secrets', 'protect')).toBe(2);
    expect(short.err.join()).toContain('at least 12 characters');
    const spoken = terminal({ input: passphrase });
    expect(await spoken.run('secrets', 'unlock', passphrase)).toBe(2);
    expect(spoken.err.join()).not.toContain('horse');
    const offline = terminal({ input: passphrase });
    expect(await offline.run('secrets', 'unlock')).toBe(1);
    expect(offline.err.join()).toContain('No instance is running');
    expect([...short.asked, ...spoken.asked, ...offline.asked]).toEqual([]);
  });

  it('are typed twice where one is new', async () => {
    const typed = async (...lines: string[]): Promise<string> => {
      const keyboard = new Keyboard();
      const taken = readSecret('New: ', keyboard, keyboard.screen, 'Once more: ');
      taken.catch(() => undefined);
      for (const line of lines) {
        keyboard.write(`${line}\r`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return await taken;
    };
    expect(await typed('same words', 'same words')).toBe('same words');
    await expect(typed('same words', 'other words')).rejects.toThrow('not the same');
  });
});

describe('secrets list', () => {
  it('says which does not open, and why', async () => {
    const entry = { stored: true, readable: false, used_by: [], reason: 'GNOME keyring is locked.' };
    const keyring = { ...open, kind: 'keychain', state: 'locked', message: 'GNOME keyring is locked.' };
    const secrets = [
      { ...entry, id: 'a' },
      { ...entry, id: 'b', reason: 'Secret "b" is damaged.' },
    ];
    const { run, out, err } = terminal({
      answers: { 'secrets.list': { protection: 'GNOME keyring', keyring, secrets } },
    });
    expect(await run('secrets', 'list')).toBe(0);
    expect(out.join('\n')).toContain('does not open');
    expect(err).toEqual(['Protected by: GNOME keyring.', 'GNOME keyring is locked.', 'b: Secret "b" is damaged.']);
  });

  it('says where to begin when there is none', async () => {
    const answers = { 'secrets.list': { protection: 'passphrase', keyring: open, secrets: [] } };
    const { run, out, err } = terminal({ answers });
    expect(await run('secrets', 'list')).toBe(0);
    expect(out).toEqual([]);
    expect(err.join('\n')).toContain('sluice secrets set ID');
    expect(err.join('\n')).toContain('Protected by: passphrase.');
  });
});
