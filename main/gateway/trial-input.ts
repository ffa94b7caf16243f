/** A request that is only tried, as the stages of an exchange take it: with its key, and with the size that was told of it. */
import type { TrialRequest } from '../../shared/domain/trial.ts';
import { readFacts, surveyOf, type PlannableRequest, type ReadFacts } from './plan-exchange.ts';
import type { Snapshot, VirtualKey } from './ports.ts';
import { withEarlierTurns } from './responses-store.ts';
import type { SideStore } from './side-store.ts';
import { anyone, askedRequest } from './simulate.ts';
import { TokenRatios } from './token-ratios.ts';

/** What a request and a key are called that nobody gave a name. */
export const trialId = 'trial';
/** Larger than any window: what a size that was told is at most. */
const mostTokens = 4_194_304;
/** What a picture counts in estimates. */
const pictureTokens = 1_600;

/** Throws `identify.*`. */
export function trialInput(asked: TrialRequest, snapshot: Snapshot): PlannableRequest {
  const { path, headers, body, client } = asked;
  const request = askedRequest({ method: 'POST', path, headers, body, key: undefined, client }, snapshot);
  const key = keyOf(asked, snapshot);
  return { ...request, principal: { key, client: client ?? key.metadata['client'] ?? request.principal.client } };
}

function keyOf({ key: id, metadata }: TrialRequest, snapshot: Snapshot): VirtualKey {
  const known = id === undefined ? undefined : snapshot.keys.byId(id);
  if (known !== undefined) return { ...known, metadata: { ...known.metadata, ...metadata } };
  return { ...anyone, id: id ?? trialId, name: id ?? trialId, metadata };
}

/** A size that was told is made true: by bytes that say nothing, or by what a token is taken to be. Throws `read.*`. */
export function readTrial(
  input: PlannableRequest,
  told: number | undefined,
  store: SideStore,
): { readonly read: ReadFacts; readonly ratios: TokenRatios } {
  const first = readFacts(input);
  const { surface, principal } = input;
  const document =
    first.document && withEarlierTurns({ surface, document: first.document, scope: principal.key.id, store });
  const read = { ...first, document };
  if (told === undefined || document === undefined) return { read, ratios: new TokenRatios() };
  const media = surveyOf(surface, document)?.media() ?? { bytes: 0, count: 0 };
  const tokens = Math.max(0, Math.min(told, mostTokens) - media.count * pictureTokens);
  const bytes = document.bytes.length - media.bytes;
  if (bytes >= tokens) return { read, ratios: new ToldRatios(bytes / Math.max(1, tokens)) };
  const padded = Buffer.alloc(document.bytes.length + tokens - bytes, ' ');
  document.bytes.copy(padded);
  return { read: { ...read, document: readFacts({ ...input, body: padded }).document }, ratios: new ToldRatios(1) };
}

class ToldRatios extends TokenRatios {
  readonly #told: number;

  constructor(told: number) {
    super();
    this.#told = told;
  }

  override get overall(): number {
    return this.#told;
  }
}
