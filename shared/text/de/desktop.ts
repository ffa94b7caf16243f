/** German: what the desktop app says by dialogs and menus of the system. */
import type { desktopShellEn } from '../en/desktop.ts';

export const desktopShellDe: Readonly<Record<keyof typeof desktopShellEn, string>> = {
  'desktop.external': '{host} in einem anderen Programm öffnen?',
  'desktop.external.open': 'Öffnen',
  'desktop.quit': 'Beenden',
  'desktop.startFailed': 'Sluice konnte nicht starten',
  'desktop.startFailed.showFile': 'Datei zeigen',
  'desktop.crashed': 'Sluice wurde durch einen Fehler beendet',
  'desktop.crashed.log': 'Was davor war, steht in {file}',
  'desktop.portTaken': 'Port {port} ist belegt',
  'desktop.portTaken.other': 'Diesmal {port} nehmen',
  'desktop.portTaken.hint':
    'Mit einem anderen Port finden Programme, die auf {port} zeigen, Sluice erst wieder, wenn es seinen eigenen Port zurückhat.',
  'desktop.runsAlready': 'Sluice läuft schon, ohne die Desktop-App',
  'desktop.runsAlready.open': 'Sein Fenster im Browser öffnen',
  'desktop.stillRunning': 'Läuft weiter im Infobereich',
  'desktop.stillRunning.text': 'Das Gateway arbeitet weiter. Beenden lässt es sich im Infobereich.',
  'desktop.stillRunning.noTray':
    'Das Gateway arbeitet ohne Fenster weiter. Starten Sie Sluice noch einmal, um es zu öffnen; beenden lässt es sich im Menü oder mit „sluice stop“.',
  'desktop.noTray': 'Dieser Desktop zeigt keine Symbole im Infobereich',
  'desktop.noTray.text':
    'Sluice arbeitet trotzdem: Starten Sie es noch einmal, um das Fenster zu öffnen, oder nutzen Sie die Aktionen seines Starters. „sluice serve“ betreibt das Gateway allein, mit dem Fenster im Browser.',
  'desktop.menu.settings': 'Einstellungen…',
  'desktop.menu.view': 'Ansicht',
  'desktop.menu.closeWindow': 'Fenster schließen, Gateway behalten',
  'desktop.shortcutRefused':
    'Das System gibt diese Tasten nicht her: Ein anderes Programm hat sie, oder es kennt sie nicht.',
  'desktop.safeMode':
    'Sluice ist immer wieder abgestürzt und wurde mit dem Nötigsten gestartet: ohne Benachrichtigungen, Updates und eigenes Tastenkürzel. Starten Sie es neu, wenn die Ursache behoben ist.',
};
