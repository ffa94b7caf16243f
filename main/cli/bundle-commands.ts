/** The commands of publishers: how team bundles are written, checked, signed and published. */
import type { OptionSpec } from './arguments.ts';
import type { Command } from './command.ts';

const json: OptionSpec = { name: 'json', help: 'one JSON document on stdout and nothing else' };
const key: OptionSpec = {
  name: 'key',
  value: 'FILE,…',
  help: 'private keys that sign; env:NAME for one in a variable, as CI has it',
};
const out: OptionSpec = {
  name: 'out',
  value: 'DIR',
  help: 'folder of the published files (default: dist in the bundle)',
};
const trust: OptionSpec = {
  name: 'trust',
  value: 'T',
  help: 'fingerprint of the publisher, a link that has it, or a file of trust documents',
};

const operandNote = 'DIR is the folder of bundle.yaml, or such a file (default: the folder you are in).';
const passphraseNote = 'A sealed key asks for its passphrase, or takes it from SLUICE_BUNDLE_PASSPHRASE.';

export const bundleCommands: readonly Command[] = [
  {
    name: 'bundle init',
    summary: 'make the files of a new bundle of rules for a team: bundle.yaml, a first test, a schema for editors',
    options: [
      { name: 'id', value: 'ID', help: 'what it is called (default: as its folder)' },
      { name: 'org', value: 'ORG', help: 'who publishes it, with --keys (default: as the bundle)' },
      {
        name: 'keys',
        value: 'DIR',
        help: 'also make a root key and a signer there, unless they are, and let the one trust the other',
      },
      {
        name: 'from',
        value: 'current',
        help: 'begin with what the config of this machine says; never with its secrets',
      },
      json,
    ],
    operands: ['DIR?'],
    notes: [
      'Nothing is overwritten. The whole way to a published bundle: docs/publishing.md.',
      'sluice bundle init acme-core --org acme --keys ~/sluice-keys, then sluice bundle publish acme-core --key ~/sluice-keys/signer.key',
    ],
    load: async () => (await import('./commands/bundle-init.ts')).initBundle,
  },
  {
    name: 'bundle keygen',
    summary: 'make a key of a publisher; the private one is sealed with a passphrase',
    options: [
      { name: 'role', value: 'R', help: 'root (says who may sign), signer, or freshness' },
      {
        name: 'out',
        value: 'FILE',
        help: 'where the private key goes (default: ROLE.key); FILE.pub gets the public one',
      },
      { name: 'no-passphrase', help: 'write a private key that opens without one: for the secrets of CI alone' },
      json,
    ],
    notes: [
      'Only the public key goes to stdout. The file is one that `age` opens too; none is overwritten.',
      'The passphrase is asked for, or taken from SLUICE_BUNDLE_PASSPHRASE.',
    ],
    load: async () => (await import('./commands/bundle-keys.ts')).makeKey,
  },
  {
    name: 'bundle validate',
    summary: 'check the form of a bundle; every problem with its file, line and column',
    options: [
      { name: 'schema', help: 'print the JSON Schema of a bundle instead' },
      { name: 'authoring', help: 'with --schema: that of bundle.yaml, where publish fills some of it in' },
      json,
    ],
    operands: ['DIR?'],
    notes: [operandNote],
    load: async () => (await import('./commands/bundle-check.ts')).validateBundle,
  },
  {
    name: 'bundle lint',
    summary: 'check what a bundle says: secrets, patterns, routes nobody reaches, rules that never count',
    options: [
      { name: 'with', value: 'B,…', help: 'beside these bundles, signed ones or folders: what do all of them leave?' },
      { ...trust, help: 'with --with: fingerprint of who signed them, or a file of trust documents' },
      json,
    ],
    operands: ['DIR?'],
    notes: [operandNote, 'Problems are 2; warnings alone are 0.'],
    load: async () => (await import('./commands/bundle-check.ts')).lintBundleFiles,
  },
  {
    name: 'bundle test',
    summary: 'run the decision tests of a bundle: given this request, expect this decision',
    options: [
      { name: 'coverage', help: 'also name the rules that no test is about' },
      { name: 'mutation', help: 'also drop each rule in turn: some test must fail without it' },
      { name: 'junit', value: 'FILE', help: 'also write the results as JUnit XML' },
      trust,
      json,
    ],
    operands: ['DIR?'],
    notes: [
      operandNote,
      'Decides as the gateway does; nothing is sent. 1 when a test fails. A .sluice file is verified first and needs --trust.',
    ],
    load: async () => (await import('./commands/bundle-test.ts')).testBundle,
  },
  {
    name: 'bundle diff',
    summary: 'what changes from one version of a bundle to another, in words',
    options: [
      { name: 'replay', value: 'FILE', help: 'and which of these recorded requests would be treated otherwise' },
      trust,
      json,
    ],
    operands: ['BEFORE', 'AFTER?'],
    notes: [
      'Each is a folder, a bundle.yaml, a .sluice file, or v12 for that version in dist; AFTER is the folder you are in unless given.',
    ],
    load: async () => (await import('./commands/bundle-diff.ts')).diffBundle,
  },
  {
    name: 'bundle explain',
    summary: 'what a bundle would decide about a request, and why',
    options: [
      { name: 'request', value: 'FILE', help: 'a request as JSON, or a case of a test as JSON or YAML' },
      trust,
      json,
    ],
    operands: ['DIR?'],
    notes: [operandNote, 'Nothing is sent. 1 where the request would be refused.'],
    load: async () => (await import('./commands/bundle-explain.ts')).explainBundle,
  },
  {
    name: 'bundle sign',
    summary: 'sign a bundle, or add a signature to one, or to a trust document',
    options: [
      key,
      { name: 'version', value: 'N', help: 'of a folder: the version it gets' },
      { name: 'output', value: 'FILE', help: 'write it there (default: stdout; of a signed file that file)' },
    ],
    operands: ['FILE?'],
    notes: [
      'FILE is a folder or bundle.yaml, a .sluice file, or trust/root-N.json. `publish` signs, tests and writes all files.',
      passphraseNote,
    ],
    load: async () => (await import('./commands/bundle-sign.ts')).signBundle,
  },
  {
    name: 'bundle verify',
    summary: 'whether a .sluice file is signed by those you trust; 1 when it is not',
    options: [trust, json],
    operands: ['FILE'],
    notes: [
      'With a fingerprint the trust documents beside it are read: acme-core.trust.sluice beside acme-core.sluice.',
    ],
    load: async () => (await import('./commands/bundle-sign.ts')).verifyBundle,
  },
  {
    name: 'bundle inspect',
    summary: 'who signed a .sluice file, what it sets, until when it holds',
    options: [trust, json],
    operands: ['FILE'],
    notes: ['Without --trust it says who signed, and that nobody vouches for them.'],
    load: async () => (await import('./commands/bundle-sign.ts')).inspectBundle,
  },
  {
    name: 'bundle publish',
    summary: 'check, test and sign a bundle, and write the files for a static host; prints the link for your team',
    options: [
      key,
      out,
      { name: 'version', value: 'N', help: 'the version it gets (default: one more than the highest in --out)' },
      {
        name: 'signed',
        value: 'FILE',
        help: 'publish what `sign` made, where several must sign, each on their machine',
      },
      {
        name: 'url',
        value: 'URL',
        help: 'https address of the folder the files will be in: for the link and the QR code',
      },
      json,
    ],
    operands: ['DIR?'],
    notes: [
      operandNote,
      'Any uploader brings the files to their host (aws s3 cp, rsync, git push): the .sluice file last. In CI, where --out begins empty, give --version.',
      passphraseNote,
    ],
    load: async () => (await import('./commands/bundle-publish.ts')).publishBundle,
  },
  {
    name: 'bundle rotate',
    summary: 'say who may sign from now on: the first trust document, or the next one',
    options: [
      { name: 'org', value: 'ORG', help: 'who publishes; of the first document' },
      { name: 'root-key', value: 'FILE,…', help: 'private root keys, of before and from now on' },
      { name: 'add-signer', value: 'PUB,…', help: 'public keys that may sign bundles: text, or FILE.pub' },
      { name: 'retire', value: 'KEYID,…', help: 'keys that may not sign any more' },
      { name: 'add-root', value: 'PUB,…', help: 'public root keys to add' },
      {
        name: 'bundles',
        value: 'ID,…',
        help: 'ids the signers may sign; "*" stands for any characters (default: all)',
      },
      { name: 'signer-threshold', value: 'N', help: 'how many signers must sign a bundle (default: as before, or 1)' },
      { name: 'root-threshold', value: 'N', help: 'how many root keys must sign the next document' },
      { name: 'freshness-key', value: 'PUB,…', help: 'keys that say what is the newest; none takes them back' },
      { name: 'max-age', value: 'SPAN', help: 'how old such a statement may be (default: P3D)' },
      { name: 'freshness-required', help: 'without a young statement clients call the bundle stale' },
      { name: 'expires', value: 'T', help: 'until when the document holds (default: 365d)' },
      out,
      json,
    ],
    operands: ['DIR?'],
    notes: [
      'Writes trust/root-N.json, signed by root keys of before and from now on; where more must sign, `sluice bundle sign` adds them.',
      'Clients follow the chain by themselves; links with the fingerprint of before go on to work.',
      passphraseNote,
    ],
    load: async () => (await import('./commands/bundle-rotate.ts')).rotateKeys,
  },
  {
    name: 'bundle freshness',
    summary: 'say, signed, that what is published still is the newest',
    options: [{ ...key, value: 'FILE' }, out, json],
    operands: ['DIR?'],
    notes: ['Writes ID.freshness.sluice beside the bundle; made daily, e.g. by a scheduled job of CI.', passphraseNote],
    load: async () => (await import('./commands/bundle-rotate.ts')).stateFreshness,
  },
  {
    name: 'bundle revert',
    summary: 'publish the content of an earlier version as a new one',
    options: [
      { name: 'to', value: 'N', help: 'the version whose content comes back' },
      key,
      out,
      { name: 'version', value: 'N', help: 'the version it gets (default: one more than the highest in --out)' },
      { name: 'url', value: 'URL', help: 'https address of the folder the files will be in' },
      json,
    ],
    operands: ['DIR?'],
    notes: ['Reads ID.N.sluice in --out. Clients take no lower version, so going back goes forward.', passphraseNote],
    load: async () => (await import('./commands/bundle-publish.ts')).revertBundle,
  },
];
