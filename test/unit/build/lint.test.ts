import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** A file of the desktop shell that needs no other: with all of main, types would take ten seconds. */
const file = `${root}main/electron/channels.ts`;

/** One run for all promises: reading Electron's types takes a second. */
const code = `import { safeStorage, shell } from 'electron';
import { spawn } from 'node:child_process';

safeStorage.encryptString('secret');
await shell.openExternal('https://example.com');
const { openPath } = shell;
await openPath('/');
spawn('true');
`;

it('refuses in the desktop shell what Electron has deprecated, what opens addresses and what starts programs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lint-'));
  try {
    const project = join(folder, 'tsconfig.json');
    const compilerOptions = { typeRoots: [`${root}node_modules/@types`] };
    writeFileSync(project, JSON.stringify({ extends: `${root}main/tsconfig.json`, compilerOptions, include: [file] }));
    const eslint = new ESLint({
      cwd: root,
      overrideConfigFile: `${root}build/eslint.config.js`,
      // Without the last option a machine that has CI in its environment would look at the file on disk, not at this text.
      overrideConfig: {
        languageOptions: {
          parserOptions: { projectService: false, project, disallowAutomaticSingleRunInference: true },
        },
      },
    });
    const [result] = await eslint.lintText(code, { filePath: file });
    const messages = result?.messages ?? [];
    expect(messages.map(({ line, ruleId }) => `${line} ${ruleId}`).toSorted()).toEqual([
      '2 no-restricted-imports',
      '4 @typescript-eslint/no-deprecated',
      '5 no-restricted-syntax',
      '6 @typescript-eslint/unbound-method',
      '6 no-restricted-syntax',
    ]);
    expect(messages.find(({ line }) => line === 5)?.message).toContain('main/electron/open-external.ts');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
