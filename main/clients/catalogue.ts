/** Every client there are settings for, in the order in which people see them. */
import { appClients } from './apps-catalogue.ts';
import type { ClientFacts } from './client-facts.ts';
import { editorClients } from './editors-catalogue.ts';
import { libraryClients } from './libraries-catalogue.ts';
import { terminalClients } from './terminal-catalogue.ts';
import { closedClients } from './closed-catalogue.ts';

export const clientCatalogue: readonly ClientFacts[] = [
  ...terminalClients,
  ...editorClients,
  ...appClients,
  ...libraryClients,
  ...closedClients,
];

export function clientFacts(id: string): ClientFacts | undefined {
  return clientCatalogue.find((client) => client.id === id);
}
