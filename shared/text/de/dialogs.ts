/** German: dialogs that the system draws for the desktop app. */
import type { dialogsEn } from '../en/dialogs.ts';

export const dialogsDe: Readonly<Record<keyof typeof dialogsEn, string>> = {
  'dialog.cancel': 'Abbrechen',
  'dialog.close': 'Schließen',
  'dialog.reveal.ask': 'Das Geheimnis {id} anzeigen?',
  'dialog.reveal.ask.detail': 'Wer diesen Bildschirm sieht, kann es lesen.',
  'dialog.reveal.show': 'Anzeigen',
  'dialog.reveal.reason': 'das Geheimnis {id} anzuzeigen',
  'dialog.reveal.title': 'Geheimnis {id}',
};
