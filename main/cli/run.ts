/** From the words on the command line to an exit code: finds the command, reads its options, says what went wrong. */
import { AtomicWriteError } from '../kit/atomic-file.ts';
import { printable } from '../kit/printable.ts';
import { nearestNames } from '../kit/nearest.ts';
import { readArguments } from './arguments.ts';
import { commands, type Command } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { CommandError, FileProblem, UsageError, type Shell } from './shell.ts';

/** Exit codes: 0 done, 1 failed, 2 wrong usage or invalid input. */
export async function run(argv: readonly string[], shell: Shell): Promise<number> {
  try {
    return await runCommand(argv, shell);
  } catch (error) {
    return explain(error, shell);
  }
}

async function runCommand(argv: readonly string[], shell: Shell): Promise<number> {
  const first = argv[0];
  if (first === undefined) {
    shell.err(overview(commands, shell.version));
    return 2;
  }
  if (first === '--help' || first === '-h' || first === 'help') return help(argv.slice(1), shell);
  if (first === '--version' || first === '-V') {
    shell.out(shell.version);
    return 0;
  }
  const found = findCommand(argv);
  // `sluice keys --help` names a group, not a command.
  if (found === undefined && argv.slice(1).some((arg) => arg === '--help' || arg === '-h')) return help([first], shell);
  if (found === undefined) throw unknownCommand(argv);
  const args = readArguments(found.command, argv.slice(found.words));
  if (args.flag('help')) {
    shell.out(commandHelp(found.command));
    return 0;
  }
  try {
    return await (
      await found.command.load()
    )(args, shell);
  } catch (error) {
    // What reads a value does not know for which command it does.
    if (error instanceof UsageError && error.command === undefined)
      throw new UsageError(error.message, found.command.name);
    throw error;
  }
}

function findCommand(argv: readonly string[]): { command: Command; words: number } | undefined {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return { command, words };
  }
  // Options may follow; a second word would be another command of the group. For help the group has no options.
  const [group = '', second] = argv;
  if (second !== undefined && (!second.startsWith('-') || ['--help', '-h'].some((flag) => argv.includes(flag)))) {
    return undefined;
  }
  const command = commands.find((one) => one.standsForGroup === true && one.name.startsWith(`${group} `));
  return command === undefined ? undefined : { command, words: 1 };
}

function help(words: readonly string[], shell: Shell): number {
  const asked = words.filter((word) => !word.startsWith('-')).join(' ');
  if (asked === '') {
    shell.out(overview(commands, shell.version));
    return 0;
  }
  const meant = commands.filter(({ name }) => name === asked || name.startsWith(`${asked} `));
  if (meant.length === 0) throw unknownCommand(words);
  shell.out(meant.map(commandHelp).join('\n\n'));
  return 0;
}

function unknownCommand(words: readonly string[]): UsageError {
  const [first = '', second] = words;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (group.length > 0) {
    const near = second === undefined ? undefined : nearestNames(`${first} ${second}`, group, 1)[0];
    const wrong =
      second === undefined
        ? `\`sluice ${first}\` needs one more word`
        : `There is no command \`sluice ${first} ${second}\``;
    return new UsageError(
      `${wrong}.${near === undefined ? ` There are: ${group.join(', ')}.` : ` Did you mean \`sluice ${near}\`?`}`,
    );
  }
  const names = commands.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]);
  const near = nearestNames(first, names, 1)[0];
  return new UsageError(
    `There is no command \`sluice ${first}\`.${near === undefined ? '' : ` Did you mean \`sluice ${near}\`?`}`,
  );
}

function explain(error: unknown, shell: Shell): number {
  if (error instanceof UsageError) {
    shell.err(`sluice: ${safe(error.message)}`);
    shell.err(`See \`sluice ${error.command === undefined ? '' : `${error.command} `}--help\`.`);
    return 2;
  }
  if (isConfigError(error) || error instanceof FileProblem) {
    shell.err(safe(error.message));
    return 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  shell.err(`sluice: ${safe(message)}`);
  // A sentence of ours says all; anything else is a bug, and its place is what helps.
  const isOurs = error instanceof CommandError || error instanceof AtomicWriteError;
  if (!isOurs && error instanceof Error && !hasCode(error)) shell.err(safe(error.stack ?? ''));
  return 1;
}

/** A config that cannot be used: its message is one `FILE:LINE:COL: problem` per line. */
function isConfigError(error: unknown): error is Error {
  return (
    error instanceof Error && (error.name === 'ConfigError' || ('code' in error && error.code === 'config.invalid'))
  );
}

/** Errors of the system and of the house carry a code and a message for people. */
function hasCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string';
}

function safe(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
