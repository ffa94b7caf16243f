// The rooms of the house and their doors: which folder may import which, checked by dependency-cruiser in `npm run check`.
//
// One row per room: `files` says what belongs to it, `may` what it may import besides itself. Everything not named is
// closed. Packages and Node's built-ins have their own rules below the table.

const kitAndShared = ['^main/kit/', '^shared/'];
const hostFace = '^main/host/host\\.ts$';
const portsFace = '^main/gateway/ports\\.ts$';
const dialectFiles = '^main/gateway/dialects/[^/]+\\.ts$';
const gatewayTypes = '^main/gateway/(exchange|ports)\\.ts$';
const anything = ['.'];

/** @type {{ room: string, files: string, may: string[], siblings?: string, door: string }[]} */
const rooms = [
  { room: 'shared/domain', files: '^shared/domain/', may: [], door: 'nothing' },
  { room: 'shared/errors', files: '^shared/errors/', may: ['^shared/domain/'], door: 'shared/domain' },
  {
    room: 'shared/config',
    files: '^shared/config/',
    may: ['^shared/(domain|errors)/'],
    door: 'shared/{domain,errors}',
  },
  {
    room: 'shared/bundle',
    files: '^shared/bundle/',
    may: ['^shared/(domain|errors|config)/'],
    door: 'shared/{domain,errors,config}',
  },
  {
    room: 'shared/contract',
    files: '^shared/contract/',
    may: ['^shared/(domain|errors|config|bundle)/', '^shared/text/words\\.ts$'],
    door: 'shared/{domain,errors,config,bundle}, the languages of shared/text',
  },
  { room: 'shared/text', files: '^shared/text/', may: [], door: 'nothing' },

  { room: 'main/kit', files: '^main/kit/', may: ['^shared/'], door: 'shared' },
  { room: 'main/host', files: '^main/host/', may: kitAndShared, door: 'kit, shared' },

  {
    room: 'gateway/dialects',
    files: dialectFiles,
    may: kitAndShared,
    door: 'kit, shared; the dialects themselves are registered from outside',
  },
  {
    room: 'gateway/dialects/x',
    files: '^main/gateway/dialects/([^/]+)/',
    siblings: '^main/gateway/dialects/$1/',
    may: [dialectFiles, ...kitAndShared],
    door: 'the files of gateway/dialects, kit, shared; never a sibling dialect',
  },
  {
    room: 'gateway/{policies,routing,upstream,relay}',
    files: '^main/gateway/(policies|routing|upstream|relay)/',
    siblings: '^main/gateway/$1/',
    may: [gatewayTypes, dialectFiles, ...kitAndShared],
    door: 'exchange, ports, the files of gateway/dialects, kit, shared; never each other',
  },
  {
    room: 'gateway',
    files: '^main/gateway/[^/]+\\.ts$',
    may: ['^main/gateway/', ...kitAndShared],
    door: 'the gateway, kit, shared; never config, ledger, control',
  },

  { room: 'config/migrations', files: '^main/config/migrations/', may: [], door: 'nothing: a migration is frozen' },
  {
    room: '{config,ledger,documents}',
    files: '^main/(config|ledger|documents)/',
    siblings: '^main/$1/',
    may: [portsFace, hostFace, ...kitAndShared],
    door: 'gateway/ports.ts, host.ts, kit, shared; never each other',
  },
  {
    room: 'telemetry',
    files: '^main/telemetry/',
    may: [gatewayTypes, ...kitAndShared],
    door: 'exchange and ports of the gateway, kit, shared',
  },
  {
    room: '{bundles,clients}',
    files: '^main/(bundles|clients)/',
    siblings: '^main/$1/',
    may: ['^main/(config|documents)/', portsFace, hostFace, ...kitAndShared],
    door: 'config, documents, gateway/ports.ts, host.ts, kit, shared; never each other',
  },
  {
    room: 'cli',
    files: '^main/cli/',
    may: ['^main/bundles/', '^main/(headless|decide)\\.ts$', ...kitAndShared],
    door: 'bundles, kit, shared; a running instance over its socket; `serve` through headless.ts, decisions through decide.ts',
  },
  {
    room: 'control',
    files: '^main/control/',
    may: ['^main/gateway/gateway\\.ts$', '^main/(config|ledger|bundles)/', hostFace, ...kitAndShared],
    door: 'gateway.ts, config, ledger, bundles, host.ts, kit, shared',
  },
  {
    room: 'electron',
    files: '^main/electron/',
    may: [
      '^main/control/(dispatch|events|desktop-need|window-assets|window-limits|window-pages)\\.ts$',
      '^main/host/',
      ...kitAndShared,
    ],
    door: 'control/{dispatch,events}, what a window may ask and is made of, host, kit, shared',
  },
  {
    room: 'entries',
    files: '^main/(app|app-parts|headless|desktop|decide|start-problem)\\.ts$',
    may: ['^main/', '^shared/'],
    door: 'anything in main and shared',
  },

  {
    room: 'renderer/text',
    files: '^renderer/text/',
    may: ['^shared/'],
    door: 'shared',
  },
  {
    room: 'renderer/ui',
    files: '^renderer/ui/',
    may: ['^renderer/text/', '^shared/'],
    door: 'text, shared',
  },
  {
    room: 'renderer/bridge',
    files: '^renderer/bridge/',
    may: ['^renderer/(ui|text)/', '^shared/'],
    door: 'ui, text, shared',
  },
  {
    room: 'renderer/state',
    files: '^renderer/state/',
    may: ['^renderer/(bridge|ui|text)/', '^shared/'],
    door: 'bridge, ui, text, shared',
  },
  {
    room: 'renderer/features/x',
    files: '^renderer/features/([^/]+)/',
    siblings: '^renderer/features/$1/',
    may: ['^renderer/(bridge|state|ui|text)/', '^shared/'],
    door: 'bridge, state, ui, text, shared; never a sibling feature',
  },
  {
    room: 'renderer/app',
    files: '^renderer/[^/]+\\.(?:tsx?|css)$',
    may: ['^renderer/', '^shared/'],
    door: 'anything in renderer and shared',
  },

  { room: 'test, bench', files: '^(test|bench)/', may: anything, door: 'anything' },
  { room: 'build', files: '^build/(?!train-|firewall-)', may: [], door: 'nothing of the product' },
  {
    room: 'training',
    files: '^build/(train-|firewall-)',
    may: ['^main/gateway/policies/firewall/', '^build/'],
    door: 'what it trains, which must read texts as the product does',
  },
];

// A path belongs to the first row that matches it, as config/migrations does before config.
const roomRules = rooms.map((row, index) => {
  const earlier = rooms.slice(0, index).map((other) => other.files);
  const local = '^(shared|main|renderer|test|bench|build)/';
  return {
    name: `door of ${row.room}`,
    comment: `${row.room} may import: ${row.door}.`,
    severity: 'error',
    from: { path: row.files, ...(earlier.length > 0 ? { pathNot: earlier } : {}) },
    to: { path: local, pathNot: [row.siblings ?? row.files, ...row.may] },
  };
});
// The door of a room speaks of our own files; a migration may not have packages or built-ins either.
const migrationsRule = {
  name: 'a migration is frozen',
  comment: 'It imports nothing: it must give the same result in ten years: no package, no built-in, no file of ours.',
  severity: 'error',
  from: { path: '^main/config/migrations/' },
  to: { pathNot: '^main/config/migrations/' },
};

// What a request passes through carries what the gateway needs, and the other way round: one idea in two files.
const mutualTypes = gatewayTypes;

const everyRoom = rooms.map((row) => row.files);

const electronPath = ['^main/electron/', '(^|/)node_modules/electron/', '^electron$'];
const reactPath = '(^|/)node_modules/(react|react-dom|zustand)/|^(react|react-dom|zustand)(/|$)';
const undiciPath = '(^|/)node_modules/undici/|^undici(/|$)';
const promClientPath = '(^|/)node_modules/prom-client/|^prom-client$';
const openTelemetryPath = '(^|/)node_modules/@opentelemetry/|^@opentelemetry/';
const re2Path = '(^|/)node_modules/re2js/|^re2js(/|$)';

module.exports = {
  forbidden: [
    ...roomRules,
    migrationsRule,
    {
      name: 'unknown room',
      comment: 'The rooms are a closed set: put the file into one of them, or change the table in build/rooms.cjs.',
      severity: 'error',
      from: {},
      module: {
        path: '^(shared|main|renderer|test|bench|build)/',
        pathNot: everyRoom,
        numberOfDependentsLessThan: 100,
      },
    },
    {
      name: 'no cycle',
      comment: 'Two files that need each other are one file, or lack a third that both may import.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: mutualTypes },
      to: { circular: true },
    },
    {
      name: 'no cycle of values',
      comment: 'exchange.ts and ports.ts may name each other’s types, and nothing more.',
      severity: 'error',
      from: { path: mutualTypes },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'electron has one door',
      comment: 'Only main/electron and main/desktop.ts may import Electron or the desktop host.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: ['^main/electron/', '^main/desktop\\.ts$'] },
      to: { path: electronPath },
    },
    {
      name: 'headless never reaches electron',
      comment: 'app.ts and headless.ts run where Electron is not installed, however indirect the import.',
      severity: 'error',
      from: { path: '^main/(app|app-parts|headless|decide)\\.ts$' },
      to: { path: electronPath, reachable: true },
    },
    {
      name: 'undici has one door',
      comment: 'main/gateway/upstream/client.ts is the only way out.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: '^main/gateway/upstream/client\\.ts$' },
      to: { path: undiciPath },
    },
    {
      name: 're2js has one door',
      comment: 'Patterns people write go through main/kit/pattern.ts, which bounds and keeps them.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: '^main/kit/pattern\\.ts$' },
      to: { path: re2Path },
    },
    {
      name: 'prom-client has one door',
      comment: 'main/telemetry/prometheus.ts writes what was counted; nothing else knows in what format.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: '^main/telemetry/prometheus\\.ts$' },
      to: { path: promClientPath },
    },
    {
      name: 'OpenTelemetry has one door',
      comment: 'main/telemetry/otlp.ts is loaded only where an endpoint is set: the SDK is large.',
      severity: 'error',
      from: { path: '^(shared|main|renderer)/', pathNot: '^main/telemetry/otlp\\.ts$' },
      to: { path: openTelemetryPath },
    },
    {
      name: 'the doors of telemetry are opened late',
      comment: 'Both are loaded when they are needed, by import(): a start pays for neither.',
      severity: 'error',
      from: { path: '^main/' },
      to: {
        path: '^main/telemetry/(otlp|prometheus)\\.ts$',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'react only in renderer',
      comment: 'State and views live in renderer; main and shared know no view.',
      severity: 'error',
      from: { path: '^(shared|main)/' },
      to: { path: reactPath },
    },
    {
      name: 'the data plane knows no file and no database',
      comment: 'main/gateway gets what it needs through ports.ts.',
      severity: 'error',
      from: { path: '^main/gateway/' },
      to: { path: '^(node:)?(fs|fs/promises|sqlite|child_process)$' },
    },
    {
      name: 'no call starts a process',
      comment: 'What a browser can reach must not spawn anything (SEC-33): the command line and the desktop entry may.',
      severity: 'error',
      from: { path: '^main/(app\\.ts|control|config|clients|documents|bundles|ledger|telemetry|host|kit)' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'no Node in shared and renderer',
      comment: 'shared runs on both sides and renderer in a browser.',
      severity: 'error',
      from: { path: '^(shared|renderer)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the window knows the contract by its types',
      comment: 'Schemas bring zod, which is as large as everything else the first paint needs: use `import type`.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: {
        path: '^shared/(contract/(?!words|traffic-match|reply|standing)|config/|bundle/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'shared uses zod and nothing else',
      comment: 'Shared code is plain data and schemas; shared/text formats messages besides.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/text/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'], pathNot: '(^|/)node_modules/zod/' },
    },
    {
      name: 'main uses no development package',
      comment: 'What main imports at run time belongs into "dependencies".',
      severity: 'error',
      from: { path: '^main/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: electronPath },
    },
    {
      name: 'only listed packages',
      comment: 'A package that package.json does not name is there by accident and leaves the same way.',
      severity: 'error',
      from: { path: '^(shared|main|renderer|test|bench|build)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'every import resolves',
      comment: 'Misspelt, not written yet, or not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Of our own only: most packages have their files in a folder `dist`, and rules speak of packages.
    exclude: { path: '^(dist|test/fixtures|renderer/public)(/|$)|^test/golden/.*\\.json$' },
    tsPreCompilationDeps: 'specify',
    detectProcessBuiltinModuleCalls: true,
    builtInModules: { add: ['node:sqlite', 'sqlite'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
