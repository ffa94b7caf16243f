/** Reads a command's options and names by its table; a slip is answered with the nearest thing that exists. */
import { nearestNames } from '../kit/nearest.ts';
import { UsageError } from './shell.ts';

export interface OptionSpec {
  readonly name: string;
  /** What stands for the value in the help; `undefined` for a flag. */
  readonly value?: string | undefined;
  readonly help: string;
}

export interface CommandSpec {
  /** Words of the command, e.g. `keys create`. */
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Names that stand without a dash, in order; a trailing `?` makes one optional. */
  readonly operands?: readonly string[] | undefined;
  /** What is said of a name too many instead of naming it: it may be a secret. */
  readonly operandTooMany?: string | undefined;
  /** Shown below the options. */
  readonly notes?: readonly string[] | undefined;
}

/** Options every command has. */
export const commonOptions: readonly OptionSpec[] = [
  { name: 'data', value: 'DIR', help: 'directory that holds everything (default: $SLUICE_DATA or the platform’s)' },
  { name: 'config', value: 'FILE', help: 'config file (default: sluice.yaml in the data directory)' },
  { name: 'help', help: 'this text' },
];

export interface Arguments {
  /** Value of an option, `undefined` when not given. The last one counts. */
  text(name: string): string | undefined;
  /** Comma-separated values of an option, `undefined` when not given. */
  list(name: string): string[] | undefined;
  /** Throws UsageError when it is no whole number in the range. */
  number(name: string, range: { readonly min: number; readonly max: number }): number | undefined;
  flag(name: string): boolean;
  readonly operands: readonly string[];
}

/** Throws UsageError for what the command does not know. */
export function readArguments(spec: CommandSpec, args: readonly string[]): Arguments {
  const known = new Map([...spec.options, ...commonOptions].map((option) => [option.name, option]));
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    const [name, inline] = splitOption(arg);
    const option = known.get(name);
    if (option === undefined) throw unknownOption(arg, name, spec, [...known.keys()]);
    if (option.value === undefined) {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value.`, spec.name);
      values.set(name, '');
      continue;
    }
    const value = inline ?? args[(index += 1)];
    const isNextOption = inline === undefined && value?.startsWith('--') === true && known.has(splitOption(value)[0]);
    if (value === undefined || isNextOption)
      throw new UsageError(`--${name} needs a value: --${name} ${option.value}.`, spec.name);
    values.set(name, value);
  }
  checkOperands(spec, operands, values.has('help'));
  return accessors(spec, values, operands);
}

function splitOption(arg: string): [string, string | undefined] {
  if (arg === '-h') return ['help', undefined];
  const equals = arg.indexOf('=');
  const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^--?/, '');
  return [arg.startsWith('--') ? name : `-${name}`, equals < 0 ? undefined : arg.slice(equals + 1)];
}

function unknownOption(arg: string, name: string, spec: CommandSpec, known: readonly string[]): UsageError {
  const near = nearestNames(name.replace(/^-+/, ''), known, 1)[0];
  const mend = near === undefined ? '' : ` Did you mean --${near}?`;
  return new UsageError(`\`sluice ${spec.name}\` has no option ${arg.split('=')[0] ?? arg}.${mend}`, spec.name);
}

function checkOperands(spec: CommandSpec, operands: readonly string[], help: boolean): void {
  const wanted = spec.operands ?? [];
  const extra = operands[wanted.length];
  if (extra !== undefined)
    throw new UsageError(spec.operandTooMany ?? `\`sluice ${spec.name}\` does not take "${extra}".`, spec.name);
  const missing = wanted[operands.length];
  if (missing !== undefined && !missing.endsWith('?') && !help) {
    throw new UsageError(`\`sluice ${spec.name}\` needs ${missing}.`, spec.name);
  }
}

function accessors(spec: CommandSpec, values: ReadonlyMap<string, string>, operands: readonly string[]): Arguments {
  return {
    text: (name) => values.get(name),
    list: (name) =>
      values
        .get(name)
        ?.split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    number(name, { min, max }) {
      const text = values.get(name);
      if (text === undefined) return undefined;
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new UsageError(`--${name} is "${text}": give a whole number from ${min} to ${max}.`, spec.name);
    },
    flag: (name) => values.has(name),
    operands,
  };
}
