// The control plane with real parts (config, secrets, ledger, documents, clients) for the tests of the contract, and the state
// that each call needs before it is asked.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClients } from '../../main/clients/clients.ts';
import { createDetector } from '../../main/clients/detect.ts';
import { createSetup } from '../../main/clients/found.ts';
import { openConfigStore, type ConfigStore } from '../../main/config/store.ts';
import { createDispatch, type Dispatch } from '../../main/control/dispatch.ts';
import { createEvents, type Events } from '../../main/control/events.ts';
import type { ControlNeeds } from '../../main/control/needs.ts';
import { createPauseControl } from '../../main/control/pause-control.ts';
import { createPlaygroundRuns, type PlaygroundRuns } from '../../main/control/playground-runs.ts';
import { openAppFile, type AppDocuments } from '../../main/documents/app-file.ts';
import type { Host } from '../../main/host/host.ts';
import { createNodeHost } from '../../main/host/node-host.ts';
import { systemClock, type Clock } from '../../main/kit/clock.ts';
import { dataFiles } from '../../main/kit/data-directory.ts';
import { Secret } from '../../main/kit/secret.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { openLedgerReader } from '../../main/ledger/reader.ts';
import { createLedger } from '../../main/ledger/sqlite.ts';
import type { AnyEvent, CallName } from '../../shared/contract/contract.ts';
import { chunk, done, openPort, type OwnPort } from '../component/control/own-port.ts';
import { decision, exchange, opened, silentLog } from '../component/ledger/exchanges.ts';
import { bundles } from './fake-bundles.ts';
import { budgets, desktop, pausing, policy, resting, routing } from './fakes.ts';
import { known, promptContent } from './inputs.ts';

/** What `sluice.yaml` holds before each call. */
export const baseline = `version: 1
# Where requests go.
providers:
  - id: up
    kind: openai
    keys: [{ name: main, value: "secret:openai" }]
  - id: unused
    kind: openai-compatible
    base_url: http://127.0.0.1:9/v1
  - { id: borrowed, kind: groq, keys: [{ name: ide, value: "env:GROQ_API_KEY" }] }
routes:
  - { alias: smart, targets: [demo/echo] }
  - { alias: second, targets: [demo/slow] }
profiles:
  - { id: work, name: At work, masking: { enabled: true } }
virtual_keys:
  - { id: ${known.key}, value: "sha256:${'a'.repeat(64)}" }
  - { id: code, value: "sha256:${'b'.repeat(64)}", metadata: { client: claude-code } }
`;

export interface House {
  readonly directory: string;
  readonly host: Host;
  readonly config: ConfigStore;
  readonly ledger: Ledger;
  readonly events: Events;
  readonly dispatch: Dispatch;
  /** On the same directory, as if no instance ran. */
  readonly offline: Dispatch;
  /** How often the end was begun. */
  readonly shutdowns: () => number;
  /** Puts everything that a call looks at or changes back to where it was. */
  prepare(name: CallName): Promise<void>;
  close(): Promise<void>;
}

/** A time that stands, so that two answers to the same call are the same. */
const clock: Clock = { now: () => Date.UTC(2026, 10, 25, 12, 30), monotonic: () => 5 };

export async function openHouse(): Promise<House> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const files = dataFiles(directory);
  const host = await createNodeHost({
    dataDir: directory,
    environment: { GROQ_API_KEY: `gsk_${'found-in-the-environment-7q'}` },
  });
  const ledger = await openLedger(files.ledger);
  await host.secrets.set('openai', new Secret('a-value-of-some-length'));
  writeFileSync(files.config, baseline, { mode: 0o600 });
  const config = await openConfigStore({
    file: files.config,
    ...{ host, clock, log: silentLog, watching: false, onSnapshot: () => undefined },
  });
  const events = createEvents();
  const publish = (event: AnyEvent): void => {
    events.publish(event);
  };
  const port = await openOwnPort();
  const names = { run: '' };
  let documented = 0;
  const documents = await openAppFile({
    file: files.app,
    ...{ log: silentLog, clock, randomId: () => `document${String((documented += 1))}` },
  });
  const playground = createPlaygroundRuns({
    ...{ own: port.own, ledger, publish, clock },
    randomId: () => names.run,
  });
  const pause = createPauseControl({ gateway: pausing(() => clock.now()), clock, publish });
  let shutdowns = 0;
  const common = { config, randomId: (count: number) => 'x'.repeat(count), log: silentLog };
  const dispatch = createDispatch({
    ...common,
    ledger,
    running: {
      ...{ budgets, bundles, policy, pause, documents, playground, publish, own: port.own },
      ...programs({ directory, host, config, ledger }),
      desktop: () => desktop,
      link: { newLink: () => 'http://127.0.0.1:1/#token=once' },
      gateway: {
        ...routing,
        status: () => ({ urls: ['http://127.0.0.1:1'], providers: 1, routes: 0, keys: 1, running: 0 }),
        prove: (challenge) => `proof of ${challenge}`,
        health: () => [resting],
        isOffline: () => false,
      },
      instance: {
        ...{ pid: 42, version: '1.2.3', dataDirectory: directory, startedAt: 0 },
        ...{ now: () => clock.now(), uptimeMs: () => 5, shutdown: () => void (shutdowns += 1) },
      },
    },
  });
  const reader = openLedgerReader(files.ledger);
  return {
    ...{ directory, host, config, ledger, events, dispatch },
    shutdowns: () => shutdowns,
    offline: createDispatch({
      ...common,
      ledger: reader,
      routing: { explain: (made, kept) => routing.explain(made, kept) },
      policy: { mask: (text) => policy.mask(text) },
    }),
    async prepare(name) {
      writeFileSync(files.config, baseline, { mode: 0o600 });
      await config.editing.read();
      if (config.models.choice() !== null) await config.models.choose(null);
      if (name === 'secrets.delete') await host.secrets.set(known.secret, new Secret('value'));
      if (name.startsWith('providers.')) await withoutNewSecrets(host);
      if (/^(?:prompts|votes)[.]/.test(name)) await emptied(documents);
      if (/^playground[.]/.test(name)) await ran(playground, names);
    },
    async close() {
      playground.close();
      pause.resume();
      events.close();
      reader.close();
      await port.close();
      await config.close();
      await ledger.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function openLedger(file: string): Promise<Ledger> {
  const ledger = createLedger({ file, clock: systemClock, log: silentLog });
  ledger.keepSnapshot('s1', () => ({ routes: [] }));
  for (const given of [
    { requestId: 'req-known', decision: decision(), cost: 1, session: 'one' },
    { requestId: 'req-undecided' },
    { status: 502, error: 'attempt.connect', outcome: 'failed' as const },
  ]) {
    const record = exchange(given);
    ledger.open(opened(record));
    ledger.close(record);
  }
  await ledger.flush();
  return ledger;
}

/** Answers each prompt with a few words; the model `demo/never` is never done. */
function openOwnPort(): Promise<OwnPort> {
  return openPort((response, { body }) => {
    const head = { 'x-sluice-request-id': 'req-known', 'x-sluice-target': 'demo/echo' };
    if (body['stream'] !== true) {
      response.writeHead(200, { ...head, 'content-type': 'application/json' });
      const choice = { index: 0, message: { role: 'assistant', content: 'OK' }, finish_reason: 'stop' };
      response.end(JSON.stringify({ id: 'c', choices: [choice] }));
      return;
    }
    response.writeHead(200, { ...head, 'content-type': 'text/event-stream' });
    response.write(chunk({ content: 'grüß ☃' }));
    if (body['model'] === 'demo/never') return;
    response.end(`${chunk({}, { finish_reason: 'stop' })}${done}`);
  });
}

type ProgramParts = Pick<House, 'directory' | 'host' | 'config' | 'ledger'>;

/** A home with nothing in it but the folder of one client, and a key in the environment. */
function programs({
  directory,
  host,
  config,
  ledger,
}: ProgramParts): Pick<NonNullable<ControlNeeds['running']>, 'clients' | 'setup'> {
  const [home, platform] = [join(directory, 'home'), 'linux' as const];
  const detect = createDetector({ home, platform, pathVariable: undefined, machineRoot: home });
  return {
    clients: createClients({
      ...{ keys: config.keys, platform, detect, log: silentLog },
      urls: () => ['http://127.0.0.1:1'],
      lastOf: async (key) => (await ledger.log({ limit: 1, filter: { key } })).entries[0],
      defaultModel: () => config.models.choice() ?? 'auto',
    }),
    setup: createSetup({
      ...{ host, home, platform, detect, log: silentLog, providers: config.providers },
      isOurs: () => false,
      // Nobody listens there.
      ports: { ollama: 9, lmstudio: 9, llamacpp: 9, jan: 9 },
      ownPorts: () => [9],
    }),
  };
}

async function withoutNewSecrets({ secrets }: Host): Promise<void> {
  for (const id of await secrets.list()) if (id !== 'openai') await secrets.delete(id);
}

/** One prompt and one vote. */
async function emptied(documents: AppDocuments): Promise<void> {
  for (const { id } of documents.prompts()) await documents.removePrompt(id);
  const version = { version: 1, at: '2026-11-25T12:00:00.000Z', note: '', content: promptContent };
  await documents.importPrompts([{ id: known.prompt, name: 'Known', labels: ['work'], versions: [version] }]);
  await documents.clearVotes();
  await documents.addVote(['demo/echo', 'demo/slow'], 'demo/slow');
}

/** One run that has ended, and one that does not end. */
async function ran(playground: PlaygroundRuns, names: { run: string }): Promise<void> {
  const start = (run: string, model: string): void => {
    names.run = run.replace('run-', '');
    playground.start({ model, messages: [{ role: 'user', content: 'hello' }] });
  };
  const ended = async (run: string): Promise<void> => {
    while (playground.result(run) === null) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  await ended('run-new');
  playground.stop(known.hangingRun);
  await ended(known.hangingRun);
  if (playground.result(known.run) === undefined) start(known.run, 'demo/echo');
  await ended(known.run);
  start(known.hangingRun, 'demo/never');
  names.run = 'new';
}
