/** The files of a new bundle: commented for whoever has never written one, and valid as they are. */
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { bundleSchemaId } from '../../../shared/bundle/payload.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isErrno } from '../../kit/atomic-file.ts';
import { namesOf } from './repository.ts';
import { bundleJsonSchema } from './schema.ts';
import type { BundleDraft } from './from-config.ts';

export interface Scaffold {
  readonly id: string;
  /** What a running config says, in place of the example. */
  readonly draft: BundleDraft | undefined;
}

/** By name; none of them is written where it is there already. */
export function scaffoldFiles(scaffold: Scaffold): ReadonlyMap<string, string> {
  return new Map([
    ['bundle.yaml', manifest(scaffold)],
    ['tests/core.yaml', scaffold.draft === undefined ? exampleTests : draftTests],
    ['bundle.schema.json', `${JSON.stringify(bundleJsonSchema({ authoring: true }), undefined, 2)}\n`],
    ['.gitignore', ignored],
    ['README.md', readme(scaffold)],
  ]);
}

/** Throws `control.refused` where the folder has any of the files. */
export async function checkScaffold(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const name of files.keys()) {
    const there = await namesOf(join(folder, dirname(name)));
    if (there.includes(name.split('/').at(-1) ?? name))
      throw new GatewayError(
        'control.refused',
        `${name} is there already, and nothing is overwritten. Choose an empty folder.`,
      );
  }
}

/** All of them or none. Throws `control.refused` where the folder has any of them. */
export async function writeScaffold(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await checkScaffold(folder, files);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    try {
      const handle = await open(path, 'wx', 0o644);
      await handle.writeFile(text);
      await handle.close();
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
      throw new GatewayError('control.refused', `${name} is there already, and nothing is overwritten.`, {
        cause: error,
      });
    }
  }
}

function manifest({ id, draft }: Scaffold): string {
  const head = `# yaml-language-server: $schema=./bundle.schema.json
# Rules for everybody who follows this bundle. Check them with \`sluice bundle lint\`, try them with \`sluice bundle test\`,
# and publish them with \`sluice bundle publish\`. Version, epoch and moment of issue are filled in then.
schema: ${bundleSchemaId}
id: ${id}
name: ${id}
contact: { text: "Say here whom to ask about these rules" }
layer: org # org, or team: what an org enforces, a team cannot loosen
expires_after: P90D # publish anew before that; what is enforced never holds for longer than 400 days
changelog: The first version
`;
  if (draft === undefined) return `${head}${exampleParts}`;
  const { enforced, defaults, secrets } = draft;
  const part = (comment: string, name: string, value: unknown): string =>
    isEmpty(value) ? '' : `\n${comment}\n${stringify({ [name]: value }, { lineWidth: 0 })}`;
  return [
    head,
    part(
      '# Holds, and is locked in the window. It can only restrict. Taken from the config: move to defaults what is a matter of taste.',
      'enforced',
      enforced,
    ),
    part('# Suggested: everybody may choose otherwise.', 'defaults', defaults),
    part(
      '# Slots for keys: each person fills them on their own machine. A bundle never holds a secret.',
      'secrets',
      secrets,
    ),
  ].join('');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

const exampleParts = `
# Holds, and is locked in the window. It can only restrict: nothing here allows what somebody’s own rules refuse.
enforced:
  models:
    deny:
      value: ["*/*-preview*"]
      reason: No previews with our data # shown beside the lock
  masking:
    enabled: true
    detectors: [secrets]
    # terms_file: terms.txt # a word on each line
  # budgets:
  #   - { id: per-user-day, scope: user, limit_usd: "25", period: day, action: reject }

# Suggested: everybody may choose otherwise.
defaults:
  logging: { content: metadata }
  # models: { aliases: { fast: "anthropic/claude-haiku-*" } }

# Slots for keys: each person fills them on their own machine. A bundle never holds a secret.
# secrets:
#   - { id: anthropic-main, label: Anthropic (our organisation), provider: anthropic, how: "https://wiki.example/keys" }
`;

const testsHead = `# Given this request, expect this decision. \`sluice bundle test\` runs them, and so does every machine before it takes the bundle on.
suite: core
cases:
`;

const exampleTests = `${testsHead}  - name: previews are refused
    request: { model: openai/gpt-x-preview, messages: [{ role: user, content: hello }] }
    expect: { decision: deny, rule: /enforced/models/deny }
  - name: everything else passes
    request: { model: demo/echo, messages: [{ role: user, content: hello }] }
    expect: { decision: allow }
`;

/** What a config allows is not known here: the first test is for its publisher to make. */
const draftTests = `${testsHead}  - name: what must never be possible
    request: { model: no-such-model, messages: [{ role: user, content: hello }] }
    expect: { decision: deny }
`;

const ignored = `# Private keys never belong into a repository.
*.key
*.pem
`;

function readme({ id }: Scaffold): string {
  return `# ${id}

Rules for everybody who follows this bundle in Sluice, the local AI gateway.

\`\`\`bash
sluice bundle lint       # what is wrong with bundle.yaml, with file, line and column
sluice bundle test       # the decisions of tests/*.yaml
sluice bundle publish --key ~/sluice-keys/signer.key --url https://policy.example.com/
\`\`\`

\`publish\` writes \`dist/\`: put it on any static host. It prints the link by which people follow the bundle, with the fingerprint of
its publisher.

\`trust/\` holds public trust documents: who may sign. Private keys stay outside of this repository.
`;
}
