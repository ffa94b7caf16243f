/** The help texts, made from the table of commands. */
import { commonOptions, type CommandSpec, type OptionSpec } from './arguments.ts';

export function overview(commands: readonly CommandSpec[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `Sluice ${version}: a local AI gateway.`,
    '',
    'Usage: sluice COMMAND [OPTIONS]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'All of them take --data DIR and --config FILE. `sluice COMMAND --help` says more about one of them,',
    '`sluice --version` says which Sluice this is.',
  ].join('\n');
}

export function commandHelp(command: CommandSpec): string {
  const operands = (command.operands ?? []).map((name) => (name.endsWith('?') ? `[${name.slice(0, -1)}]` : name));
  const options = [...command.options, ...commonOptions];
  const width = Math.max(...options.map((option) => spelling(option).length));
  return [
    `Usage: ${['sluice', command.name, ...operands, '[OPTIONS]'].join(' ')}`,
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    '',
    ...options.map((option) => `  ${spelling(option).padEnd(width)}  ${option.help}`),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
  ].join('\n');
}

function spelling({ name, value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}
