/** What a start of the desktop app is told: options of `serve` that make sense here, links, and whether to stay in the background. */
import { parseArgs } from 'node:util';
import { logLevels, type LogLevel } from '../kit/log.ts';
import { isLink } from './links.ts';
import { hiddenArgument } from './login.ts';

export interface StartOptions {
  readonly dataDir: string | undefined;
  readonly configFile: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly logLevel: LogLevel | undefined;
  /** Without a window at first: a start with the session, or after a crash. */
  readonly hidden: boolean;
  /** Of a `sluice://` link, as it came. */
  readonly link: string | undefined;
  /** Page that an action of the launcher asks for, by its name: `activity`. */
  readonly page: string | undefined;
}

const known = {
  data: { type: 'string' },
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'log-level': { type: 'string' },
  hidden: { type: 'boolean' },
  page: { type: 'string' },
} as const;

/**
 * Never throws. The system and Electron add arguments of their own, which are nobody's mistake: what is not known is left alone, and
 * what is not usable is as if it were not there.
 */
export function readStartOptions(args: readonly string[]): StartOptions {
  // What comes after a link may have come with it, from whoever wrote the link.
  const linkAt = args.findIndex(isLink);
  const { values } = parseArgs({
    args: linkAt === -1 ? [...args] : args.slice(0, linkAt),
    options: known,
    strict: false,
    allowPositionals: true,
  });
  const text = (name: keyof typeof known): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const port = /^\d{1,5}$/.test(text('port') ?? '') ? Number(text('port')) : undefined;
  return {
    dataDir: text('data'),
    configFile: text('config'),
    host: text('host'),
    port: port !== undefined && port <= 65_535 ? port : undefined,
    logLevel: logLevels.find((level) => level === values['log-level']),
    hidden: values['hidden'] === true,
    link: args[linkAt],
    page: text('page'),
  };
}

/** What another start tells the one that runs. */
export type Told = Pick<StartOptions, 'hidden' | 'link' | 'page'>;

/** Never throws: it may be another version that tells. */
export function readTold(told: unknown): Told {
  const { hidden, link, page } = (typeof told === 'object' && told !== null ? told : {}) as Record<string, unknown>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  return { hidden: hidden === true, link: text(link), page: text(page) };
}

/**
 * For a process that takes the place of this one: its own options, and `more`. Without its link, which was followed, and without
 * what came along with that.
 */
export function argumentsAgain(args: readonly string[], more: readonly string[]): string[] {
  const endAt = args.findIndex((argument) => isLink(argument) || argument === '--');
  const own = endAt === -1 ? args : args.slice(0, endAt);
  return [...own.filter((argument) => argument !== hiddenArgument), ...more];
}
