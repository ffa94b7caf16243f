/** How a rule that holds for every key is told: whose it is, where it is written, why, and whom to ask. */

/** `PolicyRule` of a snapshot is one. */
export interface PolicyWords {
  /** `acme-core@12:/models/deny` of a team bundle, `config:/models/deny` of the file. */
  readonly rule: string;
  /** `team bundle acme-core@12, line 58`, `sluice.yaml, line 4`. */
  readonly origin: string;
  readonly reason?: string | undefined;
  readonly contact?: string | undefined;
}

const ofFile = 'config:';
const bundleLead = 'team bundle ';

/**
 * `team policy "No previews with customer data" (acme-core@12, line 58)`; without a reason by the place in the bundle; of the
 * file `models.deny (sluice.yaml, line 4)`.
 */
export function policyName({ rule, origin, reason }: PolicyWords): string {
  const place = rule.slice(rule.indexOf(':') + 1);
  if (rule.startsWith(ofFile)) return `${place.replace(/^\//, '').replaceAll('/', '.')} (${origin})`;
  const where = origin.startsWith(bundleLead) ? origin.slice(bundleLead.length) : origin;
  return `team policy ${reason === undefined ? place : `"${oneLine(reason)}"`} (${where})`;
}

/** `Blocked by team policy "…" (acme-core@12, line 58): "o3" may not be used. Ask: #llm-platform.` `what` is a clause. */
export function policyBlocked(rule: PolicyWords, what: string): string {
  const ask = rule.contact === undefined ? '' : ` Ask: ${oneLine(rule.contact)}.`;
  return `Blocked by ${policyName(rule)}: ${what}.${ask}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
