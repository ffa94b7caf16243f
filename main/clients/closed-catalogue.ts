/** Programs people ask for that no address of ours can be given to, each with the reason. */
import type { ClientFacts, ClientTraces } from './client-facts.ts';

function closed(id: string, name: string, reason: string, traces: ClientTraces): ClientFacts {
  return { id, name, support: 'none', reason, traces, settings: [], restart: '', check: '' };
}

const noAddress = 'It has no setting for another address: its requests go to its maker’s servers.';

export const closedClients: readonly ClientFacts[] = [
  closed('windsurf', 'Windsurf', noAddress, {
    binaries: ['windsurf'],
    paths: ['.codeium/windsurf'],
    macPaths: ['/Applications/Windsurf.app'],
  }),
  closed('kiro', 'Kiro', noAddress, {
    binaries: ['kiro', 'kiro-cli'],
    paths: ['.kiro'],
    macPaths: ['/Applications/Kiro.app'],
  }),
  closed('antigravity', 'Antigravity', noAddress, {
    binaries: ['antigravity'],
    paths: ['.antigravity'],
    macPaths: ['/Applications/Antigravity.app'],
  }),
  closed('amp', 'Amp', noAddress, { binaries: ['amp'], paths: ['.config/amp'], extensions: ['sourcegraph.amp'] }),
  closed(
    'github-copilot',
    'GitHub Copilot’s own models',
    'Its own models and inline completions only come from GitHub. Its chat takes other models: see VS Code and GitHub Copilot CLI.',
    { extensions: ['github.copilot', 'github.copilot-chat'] },
  ),
];
