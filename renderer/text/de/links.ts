/** German: links from outside that people decide about. */
import type { links } from '../en/links.ts';

export const linksDe: Readonly<Record<keyof typeof links, string>> = {
  'link.source': 'Das kommt von einem Link außerhalb von Sluice. Es wurde noch nichts geändert.',
  'link.address': 'Adresse',
  'link.join.title': 'Einem Team beitreten?',
  'link.join.effect':
    'Von {host} wird nichts abgerufen, bevor Sie es ansehen, und gefolgt wird erst, wenn Sie sich entscheiden.',
  'link.provider.title': 'Anbieter {name} hinzufügen?',
  'link.provider.kind': 'Art',
  'link.provider.name': 'Name',
  'link.provider.effect':
    'Er kommt zu Ihren Anbietern hinzu. Anfragen gehen nur dorthin, wenn eine Route oder ein Programm ihn nennt.',
  'link.provider.key': 'API-Schlüssel (kommt in Ihren Geheimnisspeicher)',
  'link.provider.add': 'Anbieter hinzufügen',
  'link.provider.addAnyway': 'Trotzdem hinzufügen',
  'link.provider.added': '{id} wurde hinzugefügt',
  'link.provider.lookAlike':
    '{host} sieht aus wie {official}, ist es aber nicht. Ein Schlüssel, den Sie hier eingeben, geht an {host}.',
};
