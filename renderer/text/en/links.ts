/** English: links from outside that people decide about. */
export const links = {
  'link.source': 'This comes from a link outside Sluice. Nothing has been changed.',
  'link.address': 'Address',
  'link.join.title': 'Join a team?',
  'link.join.effect':
    'Nothing will be fetched from {host} until you look at it, and nothing is followed until you decide.',
  'link.provider.title': 'Add the provider {name}?',
  'link.provider.kind': 'Kind',
  'link.provider.name': 'Name',
  'link.provider.effect': 'It is added to your providers. Requests go there only when a route or a client names it.',
  'link.provider.key': 'API key (kept in your box of secrets)',
  'link.provider.add': 'Add provider',
  'link.provider.addAnyway': 'Add it all the same',
  'link.provider.added': '{id} was added',
  'link.provider.lookAlike': '{host} looks like {official}, and is not it. A key that you enter here goes to {host}.',
} as const;
