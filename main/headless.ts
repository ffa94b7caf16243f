/** Entry of the headless host: starts the app for `sluice serve`, prints the ready line, drains on signals. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { startApp, type App } from './app.ts';
import { openFollowed } from './app-parts.ts';
import { readManagedPolicy, type ManagedReading } from './bundles/managed.ts';
import type { ConfigFindings, Offline, OfflineOptions, ServeOptions } from './cli/shell.ts';
import { openConfigStore } from './config/store.ts';
import { ConfigError, renderProblem } from './config/problems.ts';
import { loadCatalogue } from './config/catalogue.ts';
import { compileSets } from './config/compile-sets.ts';
import { parseConfig } from './config/parse.ts';
import { readPolicyFiles } from './config/policy-files.ts';
import { createDispatch } from './control/dispatch.ts';
import { openWindowServer, type WindowServer } from './control/http.ts';
import { openLocalSocket } from './control/local-socket.ts';
import { maskedText } from './control/policy-control.ts';
import { examineText } from './gateway/examine.ts';
import { verify } from './gateway/gateway.ts';
import { Protections } from './gateway/protections.ts';
import { contentKey } from './host/content-key.ts';
import type { Host } from './host/host.ts';
import { createNodeHost } from './host/node-host.ts';
import { systemClock } from './kit/clock.ts';
import { dataFiles } from './kit/data-directory.ts';
import { tuneHeap } from './kit/heap.ts';
import { createLog, type Log } from './kit/log.ts';
import { createRandom } from './kit/random.ts';
import { createRedactor } from './kit/redact.ts';
import type { Secret } from './kit/secret.ts';
import { openLedgerReader } from './ledger/reader.ts';
import { managedOrRefused, startProblem, WindowError } from './start-problem.ts';

/** Running streams get this long at the end (INTERFACE: SIGTERM and SIGINT drain). */
const drainMs = 10_000;

/** Runs an instance until it is told to stop. Resolves to the exit code; says on stderr why it could not start. */
export async function startHeadless(options: ServeOptions): Promise<number> {
  tuneHeap();
  const redactor = createRedactor();
  const log = createLog({
    redactor,
    level: options.logLevel ?? 'info',
    format: process.stderr.isTTY ? 'pretty' : 'json',
  });
  try {
    await run(options, log, redactor);
    return 0;
  } catch (error) {
    log.flush();
    process.stderr.write(`${await startProblem(error)}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
}

async function run(options: ServeOptions, log: Log, redactor: ReturnType<typeof createRedactor>): Promise<void> {
  // What `ps` shows, and the next one's message about a taken port.
  process.title = 'sluice';
  const host = await createNodeHost({ dataDir: options.dataDir });
  for (const notice of host.notices) log.warn(notice);
  const managed = managedOrRefused(await readManaged());
  const stopped = Promise.withResolvers<void>();
  const started = Promise.withResolvers<App>();
  // First the socket: a second instance must touch neither the ledger nor the config of the first.
  const socket = await openLocalSocket({ dataDirectory: host.dataDir, control: started.promise, pid: process.pid });
  const app = await startApp({
    ...{ host, managed },
    configFile: options.configFile,
    listenHost: options.host,
    port: options.port,
    log,
    redactor,
    onShutdown: stopped.resolve,
    onFirstKey: showFirstKey,
  }).catch(async (error: unknown) => {
    started.reject(error);
    await socket.close();
    throw error;
  });
  started.resolve(app);
  const stop = stopped.resolve;
  const window = options.ui
    ? await openWindow(options, { app, host, log }).catch(async (error: unknown) => {
        await app.stop(0);
        await socket.close();
        throw error;
      })
    : undefined;
  app.setWindow(window);
  announce(app, log, window);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop();
    });
  }
  // The way of servers to say: look at your files again (BND-63).
  const lookAgain = (): void => {
    app.bundles
      .check({})
      .catch((error: unknown) => log.warn('bundles could not be looked at', { error: String(error) }));
  };
  // Where there is a terminal it still means that the terminal is gone.
  if (!process.stdout.isTTY) process.on('SIGHUP', lookAgain);
  await stopped.promise;
  log.info('stopping: running streams get ten seconds');
  await app.stop(drainMs);
  await window?.close();
  await socket.close();
  log.flush();
  process.exit(0);
}

/** INTERFACE: the window is at 4791 unless something else is asked for; any free data port means any free one here. */
const defaultUiPort = 4791;

async function openWindow(
  { port, uiPort }: ServeOptions,
  { app, host, log }: { readonly app: App; readonly host: Host; readonly log: Log },
): Promise<WindowServer> {
  const asked = uiPort ?? (port === 0 ? 0 : defaultUiPort);
  try {
    return await openWindowServer({
      port: asked,
      control: app,
      sessionsFile: dataFiles(host.dataDir).sessions,
      randomBytes: (count) => host.randomBytes(count),
      now: () => systemClock.now(),
      log,
    });
  } catch (error) {
    throw new WindowError(asked, error);
  }
}

async function readManaged(): Promise<ManagedReading> {
  const { platform, env } = process;
  const run = (program: string, args: readonly string[], environment: Readonly<Record<string, string>>) =>
    promisify(execFile)(program, [...args], { env: environment, timeout: 30_000, windowsHide: true }).then(
      ({ stdout }) => stdout,
    );
  return await readManagedPolicy({
    platform,
    run,
    userName: platform === 'darwin' ? userInfo().username : undefined,
    systemRoot: env['SystemRoot'],
  });
}

function announce(app: App, log: Log, window: WindowServer | undefined): void {
  const { warnings } = app.config.state();
  for (const warning of warnings) log.warn(renderProblem(warning));
  const ui = window === undefined ? '' : ` ui=${window.newLink()}`;
  process.stdout.write(`sluice ready gateway=${app.gateway.urls[0] ?? ''}${ui}\n`);
}

function showFirstKey(key: Secret): void {
  process.stderr.write(
    `A first key was made. It is shown this once:\n\n    ${key.reveal()}\n\nMore keys: sluice keys create --name NAME (in a checkout: npx sluice …)\n`,
  );
}

/** Checks a config text without a data directory. Secrets are not looked up; lists of terms are. */
export async function checkConfig(text: string, file: string): Promise<ConfigFindings> {
  const now = systemClock.now();
  const result = parseConfig(text, { file, now });
  if (!result.ok) return { problems: result.problems, warnings: result.warnings };
  const { parsed } = result;
  const { config, findings } = parsed;
  const warnings = [...findings.warnings];
  // Adds what only shows when it is put together; its words on secrets are left out, for none was looked up.
  const catalogue = await loadCatalogue();
  const currentTime = (): number => now;
  const files = await readPolicyFiles(config, file);
  compileSets(parsed, parsed.sets, { resolutions: new Map(), files, catalogue, now, currentTime, timezone: 'UTC' });
  return { problems: findings.problems, warnings };
}

/** Config and ledger of a data directory on which nothing runs, for commands. */
export async function openOffline(options: OfflineOptions): Promise<Offline> {
  const host = await createNodeHost({ dataDir: options.dataDir });
  const files = dataFiles(host.dataDir);
  const redactor = createRedactor();
  const log = createLog({ redactor, level: 'warn' });
  const random = createRandom();
  const managed = managedOrRefused(await readManaged());
  // What was last good holds here too; nothing is fetched.
  const followed = openFollowed({ host, log, managed }, { files, config: () => undefined });
  const config = await openConfigStore({
    ...{ file: options.configFile ?? files.config, host, clock: systemClock, log, watching: false },
    team: (enrolled) => followed.restore(enrolled),
    onSnapshot: (_snapshot, secrets) => {
      redactor.learn('config', secrets);
    },
  });
  if (config.firstKey !== undefined)
    options.tell(`A first key was made. It is shown this once:\n\n    ${config.firstKey.reveal()}\n`);
  const ledger = openLedgerReader(files.ledger, contentKey(host));
  const protections = new Protections(host.installKey, log);
  const dispatch = createDispatch({
    config,
    ledger,
    routing: { explain: verify },
    policy: {
      mask: async (text) => {
        const { snapshot } = config;
        const examined = await examineText(text, snapshot, { protections, ports: { clock: systemClock } });
        return maskedText(examined, snapshot.masking !== undefined);
      },
    },
    randomId: (count) => random.id(count),
    log,
  });
  return {
    call: (name, input) => dispatch.call(name, input),
    async close() {
      ledger.close();
      await followed.stop();
      await config.close();
      log.flush();
    },
  };
}
