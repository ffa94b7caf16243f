/** What can be found in texts and masked: the kinds, the names people write for them, and the tags that placeholders begin with. */

/** Every kind that is found, and the tag its placeholders begin with: letters alone, no tag the beginning of another. */
export const placeholderTags = {
  secrets: 'SECRET',
  email: 'EMAIL',
  phone: 'PHONE',
  credit_card: 'CARD',
  iban: 'IBAN',
  bank_account: 'BANK',
  national_id: 'NATIONALID',
  tax_id: 'TAX',
  passport: 'PASSPORT',
  driver_license: 'DRIVER',
  medical_id: 'MEDICAL',
  vehicle_id: 'VEHICLE',
  device_id: 'DEVICE',
  ip_address: 'IP',
  mac_address: 'MAC',
  crypto_wallet: 'WALLET',
  date_of_birth: 'DOB',
  url: 'URL',
  geo: 'GEO',
  person: 'PERSON',
  address: 'ADDRESS',
  terms: 'TERM',
  patterns: 'CUSTOM',
} as const;

/** One kind of what is found. `secrets` includes values that are known to be secret; `terms` and `patterns` are the user's own. */
export type FoundKind = keyof typeof placeholderTags;

export const foundKinds = Object.keys(placeholderTags) as readonly FoundKind[];

/** Kinds that a name covers besides itself: who asks for identity numbers asks for the papers they stand on. */
export const kindsCovered: Readonly<Partial<Record<FoundKind, readonly FoundKind[]>>> = {
  national_id: ['tax_id', 'passport', 'driver_license', 'medical_id', 'vehicle_id'],
  iban: ['bank_account'],
  ip_address: ['mac_address', 'device_id'],
  person: ['date_of_birth', 'url'],
  address: ['geo'],
};

/** What becomes of what was found: replaced, the request refused, told of, or left alone. */
export const maskModes = ['mask', 'block', 'warn', 'off'] as const;
export type MaskMode = (typeof maskModes)[number];

/** How many of each kind. */
export type KindCounts = Readonly<Partial<Record<FoundKind, number>>>;

/** All of them together. */
export function totalOf(counts: KindCounts): number {
  let total = 0;
  for (const kind of foundKinds) total += counts[kind] ?? 0;
  return total;
}
