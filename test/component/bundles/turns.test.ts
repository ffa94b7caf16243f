// Putting a bundle in force takes turns with whatever else goes on.

import { afterEach, expect, it } from 'vitest';
import { createGatewayTools } from '../../../main/decide.ts';
import { countTurns } from '../../turns.ts';
import { configFor, Machine, Publisher, StaticHost } from './follow-world.ts';

const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it('lets everything else have its turn between its checks, its rules and its decision tests', async () => {
  const site = await new StaticHost().open();
  const publisher = new Publisher();
  const terms = Array.from({ length: 2_500 }, (_, at) => `Plan ${String(at)}`);
  const cases = [
    { name: 'one', request: { model: 'demo/echo', text: 'about plan 17' }, expect: { decision: 'allow' } },
  ];
  site.files.set(
    '/acme-core.sluice',
    publisher.signedBundle({ enforced: { masking: { enabled: true, terms } }, tests: [{ suite: 'core', cases }] }),
  );
  site.files.set('/acme-core.trust.sluice', publisher.signedTrust());
  const here = new Machine(configFor({ url: `${site.origin}/acme-core.sluice`, trust: publisher.fingerprint }));
  const counter = countTurns();
  ends.push(
    () => site.close(),
    () => here.end(),
    () => {
      counter.stop();
    },
  );
  const tools = createGatewayTools();
  const at = { searched: 0, decided: 0 };
  const app = await here.open({
    tools: {
      ...tools,
      findSecrets: (text) => {
        at.searched = counter.turns;
        return tools.findSecrets(text);
      },
      decide: async (...given) => {
        at.decided = counter.turns;
        return await tools.decide(...given);
      },
    },
  });
  await app.bundles.check({});
  expect(app.store.snapshot.masking?.terms).toHaveLength(2_500);
  // Nothing between the two waits for a file or a socket.
  expect(at.decided - at.searched).toBeGreaterThan(12);
});
