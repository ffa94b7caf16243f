import { describe, expect, it } from 'vitest';
import { readArguments, type CommandSpec } from '../../../main/cli/arguments.ts';
import { UsageError } from '../../../main/cli/shell.ts';

const spec: CommandSpec = {
  name: 'keys create',
  summary: 'make a key',
  options: [
    { name: 'models', value: 'GLOB,…', help: '' },
    { name: 'limit', value: 'N', help: '' },
    { name: 'json', help: '' },
  ],
  operands: ['ID', 'FILE?'],
};

function refusal(...args: string[]): string {
  try {
    readArguments(spec, args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('arguments', () => {
  it('reads a value after a space and after an equals sign', () => {
    expect(readArguments(spec, ['a', '--limit', '5']).text('limit')).toBe('5');
    expect(readArguments(spec, ['a', '--limit=5']).text('limit')).toBe('5');
    expect(readArguments(spec, ['a', '--models=x=y']).text('models')).toBe('x=y');
  });

  it('takes a value that starts with a dash', () => {
    expect(readArguments(spec, ['a', '--models', '-x']).text('models')).toBe('-x');
  });

  it('lets the last of two values count', () => {
    expect(readArguments(spec, ['a', '--limit=1', '--limit=2']).text('limit')).toBe('2');
  });

  it('splits lists at commas and leaves out empty items', () => {
    expect(readArguments(spec, ['a', '--models', ' gpt-*, ,claude ']).list('models')).toEqual(['gpt-*', 'claude']);
    expect(readArguments(spec, ['a']).list('models')).toBeUndefined();
  });

  it('keeps names in order and stops reading options at --', () => {
    expect(readArguments(spec, ['one', '--json', 'two']).operands).toEqual(['one', 'two']);
    expect(readArguments(spec, ['--', '--json', '-']).operands).toEqual(['--json', '-']);
  });

  it('tells a flag that is there from one that is not', () => {
    expect(readArguments(spec, ['a', '--json']).flag('json')).toBe(true);
    expect(readArguments(spec, ['a']).flag('json')).toBe(false);
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', '', '1e2', '9'.repeat(20)])(
    'refuses %j as a number from 1 to 1000',
    (text) => {
      expect(() => readArguments(spec, ['a', `--limit=${text}`]).number('limit', { min: 1, max: 1000 })).toThrow(
        /whole number from 1 to 1000/,
      );
    },
  );

  it('reads numbers at both ends of the range', () => {
    expect(readArguments(spec, ['a', '--limit=1']).number('limit', { min: 1, max: 1000 })).toBe(1);
    expect(readArguments(spec, ['a', '--limit=1000']).number('limit', { min: 1, max: 1000 })).toBe(1000);
  });

  it('names the nearest option for one it does not know', () => {
    expect(refusal('a', '--modles=x')).toBe('`sluice keys create` has no option --modles. Did you mean --models?');
    expect(refusal('a', '--dta', 'x')).toContain('--data');
  });

  it('does not take a single dash for two', () => {
    expect(refusal('a', '-json')).toContain('no option -json. Did you mean --json?');
  });

  it('says which value is missing', () => {
    expect(refusal('a', '--limit')).toBe('--limit needs a value: --limit N.');
  });

  it('refuses a value for a flag', () => {
    expect(refusal('a', '--json=yes')).toBe('--json takes no value.');
  });

  it('says which name is missing and which is too many', () => {
    expect(refusal()).toContain('needs ID');
    expect(refusal('a', 'b', 'c')).toContain('does not take "c"');
  });

  it('needs no names when only help is asked for', () => {
    expect(readArguments(spec, ['-h']).flag('help')).toBe(true);
  });
});
