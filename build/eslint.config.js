// Lint rules: the typed ones that find bugs, and the house's own, whose messages say what to do instead.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const clock = 'Take the time from ports (the gateway) or main/kit/clock.ts: tests run on a fake clock.';
const random = 'Take randomness from ports (the gateway) or main/kit: tests and replays must be able to fix it.';
const environment = 'Take it from ports or the host: only hosts and the command line read the environment.';

const outside =
  'Open addresses with what createOpenExternal of main/electron/open-external.ts makes: it looks at the address and asks people (SEC-24).';
const programs =
  'The desktop shell starts no program: nothing that a link or a page says may reach one (SEC-24). Addresses are opened by ' +
  'createOpenExternal of main/electron/open-external.ts.';

/** What of Electron only one file of the desktop shell may touch, by whatever name it has it. */
const doorsOutside = [
  { selector: 'MemberExpression[property.name=/^(openExternal|openPath)$/]', message: outside },
  { selector: 'ObjectPattern > Property[key.name=/^(openExternal|openPath)$/]', message: outside },
];

/** What only ports, kit, hosts and the command line may touch. */
const ambient = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: clock },
  { selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']", message: clock },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "CallExpression[callee.name='Date']", message: clock },
  { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: random },
  {
    selector:
      "CallExpression[callee.object.name='crypto'][callee.property.name=/^(randomUUID|randomBytes|randomInt|getRandomValues)$/]",
    message: random,
  },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: environment },
];

const randomImports = {
  paths: ['node:crypto', 'crypto'].map((name) => ({
    name,
    importNames: ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'],
    message: random,
  })),
};

export default defineConfig(
  globalIgnores(['dist', 'node_modules', '.cache', 'test-results', 'test/fixtures', 'test/masking/score-masking.mjs']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      // An async method without an await is how a synchronous implementation keeps an asynchronous promise.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always'],
      'no-console': ['error'],
      'no-eval': 'error',
      'no-implied-eval': 'off',
      '@typescript-eslint/no-implied-eval': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
      'prefer-const': 'error',
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 80 }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, defaultFrom: true } }],
    },
  },
  {
    files: ['shared/**/*.ts', 'main/**/*.ts'],
    ignores: ['main/{kit,host,cli,electron}/**', 'main/{app,headless,desktop}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambient], 'no-restricted-imports': ['error', randomImports] },
  },
  {
    files: ['main/electron/**/*.ts', 'main/desktop.ts'],
    // It asks programs of the system for facts, with arguments of our own and no shell.
    ignores: ['main/electron/updates/run-program.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['node:child_process', 'child_process'].map((name) => ({ name, message: programs })) },
      ],
    },
  },
  {
    files: ['main/electron/**/*.ts', 'main/desktop.ts'],
    ignores: ['main/electron/open-external.ts'],
    rules: { 'no-restricted-syntax': ['error', ...doorsOutside] },
  },
  {
    files: ['main/gateway/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'main/gateway/upstream/client.ts is the only way out.' },
        { name: 'WebSocket', message: 'main/gateway/upstream/client.ts is the only way out.' },
      ],
    },
  },
  {
    files: ['main/cli/**/*.ts', 'main/headless.ts', 'main/kit/log.ts', 'main/host/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tables are read by looking up, not from top to bottom.
    files: ['shared/errors/codes.ts', 'renderer/text/en.ts', '**/*{table,catalogue}.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/**/*.{ts,tsx}', 'bench/**/*.ts'],
    rules: { 'no-console': 'off', 'max-lines-per-function': 'off', 'max-lines': ['error', { max: 1000 }] },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|fails)$/]',
          message: 'A test that does not run proves nothing. Use skipIf with a reason the machine can check.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    ignores: ['test/property.ts'],
    rules: {
      'no-restricted-imports': ['error', { name: 'fast-check', message: 'test/property.ts has it, with its seed.' }],
    },
  },
  // Tools ask for a default export of their configuration.
  { files: ['build/**/*.ts'], rules: { 'no-console': 'off', 'no-restricted-exports': 'off' } },
  {
    files: ['build/**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        console: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        module: 'writable',
      },
    },
    rules: { eqeqeq: ['error', 'always'], 'no-undef': 'error', 'no-unused-vars': 'error', 'prefer-const': 'error' },
  },
);
