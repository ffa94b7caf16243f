// A change of the config takes turns with requests, and no two changes mix.

import { afterEach, expect, it } from 'vitest';
import { createTeamLayer } from '../../../main/bundles/merge/merge.ts';
import type { LayeredBundle } from '../../../main/bundles/types.ts';
import { openConfigStore } from '../../../main/config/store.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { nextTurn } from '../../../main/kit/steps.ts';
import { turnsDuring } from '../../turns.ts';
import { bundleWith } from '../../unit/bundles/trial-support.ts';
import { now, openFile, type ConfigFile } from './support.ts';

const opened: ConfigFile[] = [];

afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
});

async function fileOf(text: string): Promise<ConfigFile> {
  const file = await openFile(text);
  opened.push(file);
  return file;
}

const plain = `version: 1
providers:
  - { id: mine, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", keys: [{ value: "secret:mine" }] }
`;

function team(version = 1): LayeredBundle {
  const bundle = bundleWith({ version, enforced: { models: { deny: ['*/*-preview*'] } }, defaults: {}, secrets: [] });
  return { bundle, layer: 'org', defaultsOnly: false, expired: undefined, held: new Map() };
}

const secretsOf = ({ store }: ConfigFile): (string | undefined)[] =>
  [...(store.snapshot.providers.get('mine')?.credentials ?? [])].map(({ secret }) =>
    secret.kind === 'key' ? secret.value.reveal() : undefined,
  );

it('lets everything else have its turn between reading, putting together, checking and compiling', async () => {
  const { store } = await fileOf('version: 1\n');
  expect(await turnsDuring(() => store.tryTeam(createTeamLayer([team()])))).toBeGreaterThan(7);
  // Taking what was tried is one assignment.
  expect(await turnsDuring(() => store.useTeam(createTeamLayer([team()])))).toBeLessThan(3);
  expect(store.snapshot.policy?.bundles).toEqual(['acme-core@1']);
});

it('reads a long file in pieces', async () => {
  const file = await fileOf(plain);
  const terms = Array.from({ length: 5_000 }, (_, at) => `    - Plan ${String(at)}\n`).join('');
  file.write(`version: 1\nmasking:\n  enabled: true\n  terms:\n${terms}`);
  expect(await turnsDuring(() => file.store.setSecret('other', new Secret('of no meaning')))).toBeGreaterThan(12);
  expect(file.store.snapshot.masking?.terms).toHaveLength(5_000);
});

it('waits until what a snapshot needs is ready before it comes in force', async () => {
  const { file, host } = await fileOf(plain);
  const told: string[] = [];
  const silent = (): void => undefined;
  const store = await openConfigStore({
    ...{ file, host, clock: { now: () => now, monotonic: () => 0 }, watching: false },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    async ready() {
      told.push('making ready');
      await nextTurn();
      told.push('ready');
    },
    onSnapshot: () => told.push('in force'),
  });
  const once = ['making ready', 'ready', 'in force'];
  await store.edit((document) => {
    document.setIn(['masking', 'enabled'], true);
  });
  await store.setSecret('mine', new Secret('of no meaning'));
  await store.useTeam(createTeamLayer([team()]));
  expect(told).toEqual(['in force', ...once, ...once, ...once]);
  await store.close();
});

it('puts bundles on the config of the moment they come in force, whatever was changed while they were tried', async () => {
  const file = await fileOf(plain);
  await file.store.setSecret('mine', new Secret('the-first-one'));
  const layer = createTeamLayer([team()]);
  await file.store.tryTeam(layer);
  await file.store.setSecret('mine', new Secret('the-second-one'));
  await file.store.useTeam(layer);
  expect(secretsOf(file)).toEqual(['the-second-one']);
  expect(file.store.snapshot.policy?.bundles).toEqual(['acme-core@1']);
});

it('makes changes that come at the same time one after the other, each on the one before', async () => {
  const file = await fileOf(plain);
  const before = file.applied.length;
  const layers = [createTeamLayer([team(1)]), createTeamLayer([team(2)])];
  await Promise.all([
    file.store.useTeam(layers[0]),
    file.store.edit((document) => {
      document.setIn(['masking', 'enabled'], true);
    }),
    file.store.useTeam(layers[1]),
    file.store.edit((document) => {
      document.setIn(['masking', 'restore'], false);
    }),
  ]);
  const seen = file.applied
    .slice(before)
    .map(({ policy, masking }) => [policy?.bundles, masking !== undefined, masking?.restore]);
  expect(seen).toEqual([
    [['acme-core@1'], false, undefined],
    [['acme-core@1'], true, true],
    [['acme-core@2'], true, true],
    [['acme-core@2'], true, false],
  ]);
});
