/** Runs the detector of secrets over a text, as the scan for key words does. */
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';
import type { Finding } from '../../../../../main/gateway/policies/detectors/detector.ts';
import { secretsDetector } from '../../../../../main/gateway/policies/detectors/secrets/secrets.ts';

const detector = secretsDetector();
const scan = new KeywordScan([detector.keywords]);

export function found(text: string, field?: string): Finding[] {
  const findings: Finding[] = [];
  const [hits] = scan.scan(text);
  if (hits !== undefined) detector.find({ text, isAscii: false, field }, hits, (finding) => findings.push(finding));
  return findings;
}

export function foundTexts(text: string, field?: string): string[] {
  return found(text, field).map((one) => text.slice(one.start, one.end));
}

export function foundKinds(text: string): string[] {
  return found(text).map((one) => one.subtype);
}
