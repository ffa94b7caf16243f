/** Puts in place what a bundle names as files: lists of terms, and bodies of templates. Clients fetch one file and no other. */
import { resolve } from 'node:path';
import { scalarAt, type Located, type LocatedMap } from './located.ts';
import { asMap, isLeaf } from './parts.ts';
import { problemAt, refuse, type AuthorProblem } from './problems.ts';
import { readNamed, textOf, type Repository } from './repository.ts';

/** `enforced` or `defaults`, with the files it names. Throws `AuthorError`. */
export async function inlineFiles(
  part: LocatedMap,
  repository: Repository,
  problems: AuthorProblem[],
): Promise<LocatedMap> {
  const entries = new Map(part.entries);
  const masking = asMap(entries.get('masking'));
  if (masking !== undefined) entries.set('masking', await inlineTerms(masking, repository, problems));
  const templates = entries.get('templates');
  if (templates?.kind === 'list') {
    const items = await Promise.all(templates.items.map((item) => inlineBody(item, repository, problems)));
    entries.set('templates', { ...templates, items });
  }
  return { ...part, entries };
}

/** `terms_file`: a term on each line; empty lines and those that begin with # are none. Behind `terms`, each once. */
async function inlineTerms(
  masking: LocatedMap,
  repository: Repository,
  problems: AuthorProblem[],
): Promise<LocatedMap> {
  const named = masking.entries.get('terms_file');
  if (named === undefined) return masking;
  const entries = new Map(masking.entries);
  entries.delete('terms_file');
  const written = entries.get('terms');
  const leaf = written?.kind === 'map' && isLeaf(written) ? written : undefined;
  const list = leaf?.entries.get('value') ?? written;
  if (list !== undefined && list.kind !== 'list') return { ...masking, entries };
  const own = list?.items ?? [];
  const seen = new Set(own.map((item) => (item.kind === 'scalar' ? item.value : undefined)));
  const items: Located[] = [...own];
  for (const name of namesIn(named, 'terms_file', problems)) {
    for (const term of await termsOf(name, repository)) {
      if (term.kind !== 'scalar' || seen.has(term.value)) continue;
      seen.add(term.value);
      items.push(term);
    }
  }
  const joined: Located = { kind: 'list', items, place: named.place, keyPlace: named.keyPlace };
  entries.set(
    'terms',
    leaf === undefined ? joined : { ...leaf, entries: new Map([...leaf.entries, ['value', joined]]) },
  );
  return { ...masking, entries };
}

async function termsOf(name: Located, repository: Repository): Promise<Located[]> {
  const file = String(name.kind === 'scalar' ? name.value : '');
  const text = textOf(await readNamed(repository, file, name.place), name.place);
  const shown = shownIn(repository, file);
  return text.split(/\r?\n/).flatMap((line, index) => {
    const term = line.trim();
    return term === '' || term.startsWith('#') ? [] : [scalarAt(term, { file: shown, line: index + 1, column: 1 })];
  });
}

/** As whoever runs the command finds it. */
function shownIn(repository: Repository, file: string): string {
  return repository.shown(resolve(repository.root, file));
}

/** One name of a file, or a list of them. */
function namesIn(node: Located, what: string, problems: AuthorProblem[]): readonly Located[] {
  const names = node.kind === 'list' ? node.items : [node];
  return names.filter((name) => {
    if (name.kind === 'scalar' && typeof name.value === 'string' && name.value !== '') return true;
    problems.push(
      problemAt(name.place, `${what}: expected the name of a file`, 'Name it from the folder of the bundle'),
    );
    return false;
  });
}

/** `body_file` of a template stands for its body. */
async function inlineBody(item: Located, repository: Repository, problems: AuthorProblem[]): Promise<Located> {
  const template = asMap(item);
  const named = template?.entries.get('body_file');
  if (template === undefined || named === undefined) return item;
  const entries = new Map<string, Located>();
  const [name] = namesIn(named, 'body_file', problems);
  const file = name?.kind === 'scalar' ? String(name.value) : undefined;
  if (template.entries.has('body'))
    refuse(named.keyPlace ?? named.place, 'the template has a body and a body_file', 'Keep one of the two');
  for (const [key, value] of template.entries) {
    if (key !== 'body_file') entries.set(key, value);
    else if (file !== undefined) {
      const text = textOf(await readNamed(repository, file, named.place), named.place);
      // An editor ends a file with a line break; the body is what stands before it.
      const place = { file: shownIn(repository, file), line: 1, column: 1 };
      entries.set('body', scalarAt(text.replaceAll('\r\n', '\n').replace(/\n$/, ''), place));
    }
  }
  return { ...template, entries };
}
