/** Runs one detector over one text, as the masking does, and gives back the pieces it found. */
import type { Detector } from '../../../../../main/gateway/policies/detectors/detector.ts';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';

export function finder(detector: Detector): (text: string, field?: string) => string[] {
  const scan = new KeywordScan([detector.keywords]);
  return (text, field) => {
    const [hits] = scan.scan(text);
    const found: string[] = [];
    const isAscii = Buffer.byteLength(text) === text.length;
    if (hits !== undefined)
      detector.find({ text, isAscii, field }, hits, (one) => found.push(text.slice(one.start, one.end)));
    return found;
  };
}
