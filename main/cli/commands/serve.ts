/** `sluice serve`: reads the options and hands over to the headless instance. */
import { logLevels } from '../../kit/log.ts';
import type { Arguments } from '../arguments.ts';
import { placeOf } from '../client.ts';
import { UsageError, type ServeOptions, type Shell } from '../shell.ts';

const ports = { min: 0, max: 65_535 };

export async function serve(args: Arguments, shell: Shell): Promise<number> {
  const options: ServeOptions = {
    ...placeOf(args, shell),
    port: args.number('port', ports),
    uiPort: args.number('ui-port', ports),
    host: args.text('host'),
    ui: !args.flag('no-ui'),
    logLevel: readLogLevel(args.text('log-level')),
  };
  // Everything made from here on is readable by this user only (SEC-46).
  process.umask(0o077);
  return shell.product.startHeadless(options);
}

function readLogLevel(text: string | undefined): ServeOptions['logLevel'] {
  if (text === undefined) return undefined;
  const level = logLevels.find((one) => one === text);
  if (level !== undefined) return level;
  throw new UsageError(`--log-level is "${text}": give one of ${logLevels.join(', ')}.`, 'serve');
}
