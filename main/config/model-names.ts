/** Model names as people, clients and clouds write them, and the names by which they may be known. */

/** The entry for a model name: as it is written, else without what says nothing of the model. */
export function findEntry<Entry>(models: ReadonlyMap<string, Entry>, name: string): Entry | undefined {
  return findSpelling(name, (spelling) => models.get(spelling));
}

/** The first spelling of a name for which there is something. */
export function findSpelling<Found>(name: string, find: (spelling: string) => Found | undefined): Found | undefined {
  const exact = find(name);
  if (exact !== undefined) return exact;
  for (const spelling of spellings(name)) {
    const found = find(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What OpenRouter puts behind a name to choose among its providers or to turn reasoning on: the model is the same. What is
 * priced apart is not here: `:free`, `:extended`, `:online`.
 */
const routingSuffix = /:(?:nitro|floor|exacto|thinking|beta)$/;

/**
 * Names by which a model may be known, most exact first. Only what is no part of a model's name is left out: where it is
 * reached, when it was made, how it is served. A word more or less is another model, with another price.
 */
function spellings(name: string): readonly string[] {
  const found = new Set<string>();
  // A name in capitals is the same name; one that is only known so was asked for first.
  const lower = name.trim().toLowerCase();
  for (const written of [name.trim(), lower]) {
    const bare = withoutPlace(written);
    for (const spelling of [bare, bare.replace(ownPrefix, ''), withoutRegion(bare)]) addForms(found, spelling);
  }
  return [...found];
}

function addForms(found: Set<string>, name: string): void {
  const unrouted = name.replace(routingSuffix, '');
  // A later version of a model that has a date is the same model; of one without, it may be another.
  const unversioned = unrouted
    .replace(/(-\d{8})-v\d+(?::\d+)?(?::\d+k)?$/, '$1')
    .replace(/-v1(?::\d+)?(?::\d+k)?$/, '')
    .replace(/^(gemini-.+)-00\d$/, '$1');
  const undated = withoutDate(unrouted);
  const bare = withoutDate(unversioned);
  for (const form of [name, unrouted, undated, unversioned, bare, `${undated}@default`]) found.add(form);
  // The latest is not what a name with a date means.
  if (undated === unrouted || unrouted.endsWith('-latest')) found.add(`${undated}-latest`);
  // Bedrock lists a model with the version of its deployment, which people leave out; the first is what they mean.
  if (/^(?:[a-z-]+\.)+[a-z][^/]*$/.test(bare) && !/-v\d/.test(unversioned))
    for (const version of ['-v1:0', '-v1']) found.add(unversioned + version);
  if (!bare.includes('/')) found.add(`accounts/fireworks/models/${bare}`);
}

function withoutDate(name: string): string {
  return name.replace(/@(?:default|latest|\d{8})$/, '').replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}

/** A vendor before the name of a model: as other gateways tell vendors apart, and as some name their own. */
const ownPrefix =
  /^(?:openai|anthropic|google|vertex_ai|vertex|gemini|azure|azure_ai|groq|together_ai|mistral|mistralai|deepseek|xai|x-ai|cohere|cohere_chat|cerebras|perplexity)\/(?=[^/]+$)|^fireworks_ai\//;

/**
 * Without the path to it: `models/gemini-…` and `publishers/google/models/gemini-…` (Google), the ARN of a model or of an
 * inference profile (Bedrock), the name of another gateway before `vendor/model`.
 */
function withoutPlace(name: string): string {
  const arn = /^arn:aws[a-z-]*:bedrock:[^:]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/.exec(name);
  return (
    (arn?.[1] ?? name)
      .replace(/^(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/[^/]+\/)?models\//, '')
      .replace(/^openrouter\/(?=[^/]+\/)/, '')
      .replace(/^bedrock\/(?:converse\/|invoke\/)?(?:[a-z]{2}(?:-[a-z]+)+-\d\/)?/, '')
      // Azure has no dots in the names of its older deployments.
      .replace(/^gpt-35-/, 'gpt-3.5-')
  );
}

/** `us.anthropic.…`: an inference profile of a model, which has its own price where it is listed. */
function withoutRegion(name: string): string {
  return name.replace(/^(?:us-gov|us|eu|apac|jp|au|ca|in|sa|global)\.(?=[a-z0-9-]+\.)/, '');
}
