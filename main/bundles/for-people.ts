/** What a publisher says to people, made safe to show: whatever shows it, it moves no cursor and turns no text around. */
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { BundleSections } from '../../shared/bundle/sections.ts';
import { printable, printableLines } from '../kit/printable.ts';

/** Words for people as they may be shown; what is enforced or suggested means what it did. */
export function readableBundle(payload: BundlePayload): BundlePayload {
  const { name, description, contact, changelog, secrets, enforced, defaults } = payload;
  return {
    ...payload,
    ...(name === undefined ? {} : { name: printable(name) }),
    ...(description === undefined ? {} : { description: printableLines(description) }),
    ...(contact?.text === undefined ? {} : { contact: { ...contact, text: printable(contact.text) } }),
    ...(changelog === undefined ? {} : { changelog: printableLines(changelog) }),
    ...(secrets.length === 0 ? {} : { secrets: secrets.map((slot) => ({ ...slot, label: printable(slot.label) })) }),
    ...(enforced === undefined ? {} : { enforced: readableSections(enforced) }),
    ...(defaults === undefined ? {} : { defaults: readableSections(defaults) }),
  };
}

function readableSections(sections: BundleSections): BundleSections {
  if (sections.firewall === undefined) return sections;
  const firewall = sections.firewall.map((rule) =>
    rule.message === undefined ? rule : { ...rule, message: printable(rule.message) },
  );
  return { ...sections, firewall };
}
