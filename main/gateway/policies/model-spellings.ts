/** Other ways to write the name of a model that reach the same model: what is denied is denied in each of them. */

/** `models/gemini-…`, `publishers/google/models/gemini-…` (Google), the ARN of a model or of a profile of a vendor (Bedrock). */
const place =
  /^(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/[^/]+\/)?models\/|^arn:aws[a-z-]*:bedrock:[^:]*:\d*:(?:foundation-model|inference-profile)\//i;
/** Bedrock: where one of its own profiles computes. */
const geography = /^(?:us-gov|us|eu|apac|jp|au|ca|global)\.(?=[a-z0-9-]+\.)/i;
/** Ollama: its own shelf. */
const shelf = /^(?:registry\.ollama\.ai\/)?library\//i;
/** OpenRouter: who is to serve it, what it is given besides. Ollama and Vertex: what is meant anyway. */
const suffix = /(?::(?:nitro|floor|exacto|online|latest)|@(?:default|latest)|(?<=[^/])@preset\/[^@]*)+$/i;
/** Of signs that a server may leave out. */
const edges = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;

const parts: readonly RegExp[] = [edges, place, geography, shelf, suffix];
/** The same models are asked for again and again. */
const known = new Map<string, readonly string[]>();
const maxRemembered = 1_000;
/** A longer name is no name of a model. */
const longest = 512;

/** Whether OpenRouter would be asked for a preset, which may stand for any model and bring tools (openrouter.ai, "Presets"). */
export function namesPreset(name: string): boolean {
  return name.includes('@') && name.toLowerCase().includes('@preset/');
}

/** Without the name itself. A provider before it stays. */
export function otherSpellings(name: string): readonly string[] {
  let found = known.get(name);
  if (found !== undefined) return found;
  const slash = name.indexOf('/');
  const provider = name.slice(0, slash + 1);
  const spellings = new Set([plain(name), ...(slash < 0 ? [] : [provider + plain(name.slice(slash + 1))])]);
  spellings.delete(name);
  found = [...spellings];
  if (name.length > longest) return found;
  if (known.size >= maxRemembered) known.clear();
  known.set(name, found);
  return found;
}

function plain(name: string): string {
  return parts.reduce((left, part) => left.replace(part, ''), name.normalize('NFKC'));
}
