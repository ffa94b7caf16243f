/** Finds secrets: tokens by their shape, keys and passwords in their envelopes, and values that only their name gives away. */
import type { Detector, Finding, ScannedText } from '../detector.ts';
import type { KeywordHits } from '../keyword-scan.ts';
import { isSecretCell, isSecretField, nameAround, namedValue, type Name } from './assignments.ts';
import { cellsBelow } from './columns.ts';
import { commandLine, commandPasswords, commands, type Command } from './commands.ts';
import { cookiesFrom, credentialAt, isBasicPair, jwtAt, sessionAt } from './headers.ts';
import { oraclePassword, passfilePassword, urlPassword } from './links.ts';
import { mnemonicAfter } from './mnemonics.ts';
import { keyMembers, phrases, phraseSecret, recoveryCodes } from './phrases.ts';
import { KeyBlocks } from './private-keys.ts';
import { checkedRuns } from './runs.ts';
import { isAlnum, Runs, startsToken } from './shapes.ts';
import { matchToken } from './tokens.ts';
import { triggers, type Sign } from './triggers.ts';

/** Cells under heads of tables that are looked at in one text. */
const mostCells = 2000;
/** A checksum or a unique prefix. */
const sure = 0.95;

/** One text being looked through. */
class Search {
  readonly text: string;
  readonly runs: Runs;
  readonly blocks: KeyBlocks;
  readonly #found: Finding[] = [];
  /** Names before here have been looked at. */
  #nameEnd = 0;
  #jwtEnd = 0;
  #jwkEnd = 0;
  /** A long value that was read already: names in it are not looked at. */
  #valueStart = 0;
  #valueEnd = 0;
  /** Cells of tables that may still be looked at. */
  #cellsLeft = mostCells;
  /** Up to where each other sort of thing has been looked for. */
  readonly #looked = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
    this.runs = new Runs(text);
    this.blocks = new KeyBlocks(text);
  }

  add(place: { readonly start: number; readonly end: number } | undefined, subtype: string, score: number): void {
    if (place !== undefined) this.#found.push({ start: place.start, end: place.end, kind: 'secrets', subtype, score });
  }

  /** False where this part was covered by an earlier look of the same sort. */
  isNew(sort: string, at: number, until: number): boolean {
    if (at < (this.#looked.get(sort) ?? 0)) return false;
    this.#looked.set(sort, until);
    return true;
  }

  look(sign: Sign, start: number, end: number): void {
    const text = this.text;
    switch (sign) {
      case 'name':
        return this.#lookAtName(start, end);
      case 'password_word':
        return this.#lookAtPasswordWord(start, end);
      case 'pem':
        return this.#addKinded(this.blocks.pem(start), 0.99);
      case 'ssh2':
        return this.#addKinded(this.blocks.ssh2(start), 0.99);
      case 'jwk':
        if (start < this.#jwkEnd) return;
        this.#jwkEnd = keyMembers(text, start, (from, to) =>
          this.add({ start: from, end: to }, 'jwk_private_key', 0.97),
        );
        return;
      case 'recovery_codes':
        return recoveryCodes(text, end, (from, to) => this.add({ start: from, end: to }, 'recovery_code', 0.85));
      case 'putty':
        return this.#addKinded(this.isNew('putty', start, start + 4096) ? this.blocks.putty(start) : undefined, 0.99);
      case 'encoded_pem':
        return this.#addKinded(
          text.startsWith('LS0tLS1CRUdJTi', start) && startsToken(text, start) ? this.blocks.encoded(start) : undefined,
          0.99,
        );
      case 'url':
        return this.add(urlPassword(text, end), 'url_password', 0.95);
      case 'oracle':
        return this.add(oraclePassword(text, start), 'connection_password', 0.95);
      case 'passfile':
        return this.add(passfilePassword(text, start), 'passfile_password', 0.9);
      case 'bearer':
      case 'basic':
        return this.#addKinded(credentialAt(text, end, sign === 'basic'), 0.9);
      case 'docker_auth':
        return this.#lookAtAuth(end);
      case 'cookie':
        return cookiesFrom(text, end, (one) => this.add(one, one.kind, 0.9));
      case 'session':
        return this.#addKinded(sessionAt(text, end), 0.9);
      case 'jwt':
        return this.#lookAtJwt(start);
      case 'mnemonic':
        return this.isNew('mnemonic', start, start + 24)
          ? this.add(mnemonicAfter(text, end), 'bip39_mnemonic', 0.9)
          : undefined;
    }
  }

  #addKinded(place: { start: number; end: number; kind: string } | undefined, score: number): void {
    if (place !== undefined) this.add(place, place.kind, score);
  }

  #lookAtName(start: number, end: number): void {
    if (start < this.#nameEnd || (start >= this.#valueStart && end <= this.#valueEnd)) return;
    const name = nameAround(this.text, start, end);
    if (name === undefined) {
      this.#nameEnd = end + 32;
      return;
    }
    this.#nameEnd = name.end;
    this.#addNamed(name);
    this.#lookBelow(name);
  }

  /** The head of a table is looked at for a few of its columns only. */
  #lookBelow(name: Name): void {
    if (this.#cellsLeft <= 0 || !maySeparate(this.text, name.end)) return;
    const label = this.text.slice(name.start, name.end);
    cellsBelow(this.text, name.start, name.end, (start, end) => {
      if (this.#cellsLeft-- > 0 && isSecretCell(label, this.text.slice(start, end)))
        this.add({ start, end }, 'table_cell', 0.8);
    });
  }

  /** Its endings belong to it: `hasłem`, `şifresi`, `lösenordet`. */
  #lookAtPasswordWord(start: number, end: number): void {
    if (end < this.#nameEnd || (start >= this.#valueStart && end <= this.#valueEnd)) return;
    let to = end;
    while (to - end < 8 && isLetter(this.text.charCodeAt(to))) to++;
    this.#nameEnd = Math.max(to, end + 1);
    this.#addNamed({ start, end: to, kind: 'password' });
  }

  #addNamed(name: Name): void {
    const value = namedValue(this.text, name);
    if (value === undefined) return;
    if (value.kind !== undefined) this.add(value, value.kind, 0.85);
    // What was read as a long value is not read again for each name in it.
    if (value.end - value.start > 96) {
      this.#valueStart = value.start;
      this.#valueEnd = value.end;
    }
  }

  #lookAtAuth(end: number): void {
    const match = /^\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{8,512}={0,2})"/.exec(this.text.slice(end, end + 540));
    const value = match?.[1];
    if (match === null || value === undefined || !isBasicPair(value)) return;
    const at = end + match[0].length - 1;
    this.add({ start: at - value.length, end: at }, 'docker_auth', 0.95);
  }

  #lookAtJwt(start: number): void {
    if (!startsToken(this.text, start) || start < this.#jwtEnd) return;
    const { end, isToken } = jwtAt(this.text, start);
    this.#jwtEnd = end;
    if (isToken) this.add({ start, end }, 'jwt', 0.97);
  }

  lookAtCommand(command: Command, start: number, end: number): void {
    if (!this.isNew(command.word, start, end)) return;
    const line = commandLine(this.text, end);
    this.isNew(command.word, end, end + line.length);
    for (const found of commandPasswords(line, end, command)) this.add(found, 'command_password', 0.9);
  }

  lookAtPhrase(index: number, start: number, end: number): void {
    const phrase = phrases[index];
    if (phrase !== undefined) this.add(phraseSecret(this.text, phrase, start, end), phrase.kind, 0.85);
  }

  lookForToken(trigger: (typeof triggers)[number], start: number): void {
    for (const rule of trigger.rules) {
      const found = matchToken(this.text, this.runs, rule, start);
      if (found !== undefined) this.add(found, rule.kind, found.score);
    }
  }

  /** Reports each stretch once, under the surest name; of equals the longer prefix, which comes later, knows better. */
  report(report: (finding: Finding) => void): void {
    const sorted = this.#found.map((finding, order) => ({ finding, order }));
    sorted.sort(
      (a, b) =>
        a.finding.start - b.finding.start ||
        b.finding.end - a.finding.end ||
        b.finding.score - a.finding.score ||
        b.order - a.order,
    );
    let held: Finding | undefined;
    for (const { finding } of sorted) {
      if (held !== undefined && finding.start < held.end) {
        held = surer(held, finding);
        continue;
      }
      if (held !== undefined) report(held);
      held = finding;
    }
    if (held !== undefined) report(held);
  }
}

/** Whether the next sign may part cells, or end the head of a table. */
function maySeparate(text: string, at: number): boolean {
  const next = text[at] === '"' || text[at] === ' ' || text[at] === '`' ? text[at + 1] : text[at];
  return next === ',' || next === '|' || next === '\t' || next === ';' || next === '\n' || next === '\r';
}

function isLetter(code: number): boolean {
  return isAlnum(code) || (code > 191 && code < 0x2000);
}

/** Of two that overlap: a token that is sure knows its own bounds, otherwise both stretches under the name of the surer one. */
function surer(first: Finding, second: Finding): Finding {
  const [best, other] = second.score > first.score ? [second, first] : [first, second];
  if (best.score >= sure && other.score < sure) return best;
  return { ...best, start: first.start, end: Math.max(first.end, second.end) };
}

function find(scanned: ScannedText, hits: KeywordHits, report: (finding: Finding) => void): void {
  const { text, field } = scanned;
  const search = new Search(text);
  if (field !== undefined && isSecretField(field, text))
    search.add({ start: 0, end: text.length }, 'named_secret', 0.85);
  for (let hit = 0; hit < hits.count; hit++) {
    const trigger = triggers[hits.word(hit)];
    if (trigger === undefined) continue;
    const start = hits.start(hit);
    const end = hits.end(hit);
    if (trigger.rules.length > 0) search.lookForToken(trigger, start);
    for (const sign of trigger.signs) search.look(sign, start, end);
    for (const phrase of trigger.phrases) search.lookAtPhrase(phrase, start, end);
    const command = commands[trigger.command];
    if (command !== undefined) search.lookAtCommand(command, start, end);
  }
  checkedRuns(text, (start, end, kind) => search.add({ start, end }, kind, 0.97));
  search.report(report);
}

/** The detector of secrets. */
export function secretsDetector(): Detector {
  return { id: 'secrets', kinds: ['secrets'], keywords: triggers.map((trigger) => trigger.word), find };
}
