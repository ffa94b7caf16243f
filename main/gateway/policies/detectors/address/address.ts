/** Postal addresses: a street with its number in the ways of many countries, and what belongs to it: unit, town, code, country. */
import { traitsOf } from '../code-units.ts';
import type { Detector, ScannedText } from '../detector.ts';
import type { KeywordHits } from '../keyword-scan.ts';
import { extended } from './extend.ts';
import { addressFields } from './street-words.ts';
import { keywords, kindOf, type WordKind } from './keywords.ts';
import {
  findAtBox,
  findAtCue,
  findAtEnding,
  findAtField,
  findAtPrefix,
  findAtSuffix,
  findAtUnit,
  type Core,
} from './cores.ts';
import { findEastAsian } from './east-asian.ts';
import { findAtPostal } from './postal.ts';

const finders: Readonly<Record<WordKind, (text: string, start: number, end: number) => Core | undefined>> = {
  suffix: findAtSuffix,
  ending: findAtEnding,
  prefix: findAtPrefix,
  unit: findAtUnit,
  box: findAtBox,
  cue: findAtCue,
  field: findAtField,
};

/** Finds addresses, each as one finding from the house number or the street to the country. */
export function addressDetector(): Detector {
  return {
    id: 'address',
    kinds: ['address'],
    keywords,
    find(scanned, hits, report) {
      for (const core of joined(coresOf(scanned, hits)))
        report({ start: core.start, end: core.end, kind: 'address', subtype: 'postal_address', score: core.score });
    },
  };
}

function coresOf(scanned: ScannedText, hits: KeywordHits): Core[] {
  const { text, field } = scanned;
  const cores: Core[] = [];
  const known =
    field === undefined
      ? ''
      : field
          .toLowerCase()
          .normalize('NFD')
          .replace(/[^\p{L}\d]/gu, '');
  if (
    addressFields.has(known) &&
    known !== 'location' &&
    known !== 'label' &&
    text.length < 200 &&
    /\d/.test(text) &&
    /\p{L}{3}/u.test(text) &&
    !/[{}<>=;]|:\/\/|@/.test(text)
  ) {
    cores.push({ start: text.length - text.trimStart().length, end: text.trimEnd().length, score: 0.8 });
  }
  let past = 0;
  for (let hit = 0; hit < hits.count; hit++) {
    const start = hits.start(hit);
    if (start < past) continue;
    const core = finders[kindOf(hits.word(hit))](text, start, hits.end(hit));
    if (core === undefined) continue;
    const whole = extended(text, core);
    cores.push(whole);
    past = whole.end;
  }
  const postal: Core[] = [];
  findAtPostal(text, postal);
  for (const core of postal) {
    // "Das Haus Lindenallee 7": a word that means a street knows better where it begins.
    const known = cores.some(
      (other) =>
        other.start > core.start &&
        other.start < core.end &&
        /^\p{Lu}\p{L}{3}/u.test(text.slice(other.start, other.start + 4)),
    );
    if (!known) cores.push(extended(text, core));
  }
  findEastAsian(text, traitsOf(scanned), cores);
  return cores;
}

/** In the order of the text, overlapping ones as one. */
function joined(cores: readonly Core[]): Core[] {
  const result: Core[] = [];
  for (const core of [...cores].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || core.start >= last.end) result.push(core);
    else
      result[result.length - 1] = {
        start: last.start,
        end: Math.max(last.end, core.end),
        score: Math.max(last.score, core.score),
      };
  }
  return result;
}
