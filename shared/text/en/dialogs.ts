/** English: dialogs that the system draws for the desktop app. */
export const dialogsEn = {
  'dialog.cancel': 'Cancel',
  'dialog.close': 'Close',
  'dialog.reveal.ask': 'Show the secret {id}?',
  'dialog.reveal.ask.detail': 'Whoever sees this screen can read it.',
  'dialog.reveal.show': 'Show',
  'dialog.reveal.reason': 'show the secret {id}',
  'dialog.reveal.title': 'Secret {id}',
} as const;
