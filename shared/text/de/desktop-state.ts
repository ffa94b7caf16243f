/** German: why something that was asked of the desktop is not as it was asked for. */
import type { desktopStateEn } from '../en/desktop-state.ts';

export const desktopStateDe: Readonly<Record<keyof typeof desktopStateEn, string>> = {
  'login.unpackaged': 'Nur die installierte App kann sich bei der Anmeldung öffnen; diese läuft aus ihren Quellen.',
  'login.needs_approval': 'macOS wartet auf Ihre Zustimmung: Systemeinstellungen › Allgemein › Anmeldeobjekte.',
  'login.switched_off': 'In den Einstellungen des Systems wurde es ausgeschaltet.',
  'login.other_program': 'Der Eintrag startet eine andere Kopie von Sluice. Neu einschalten, damit es diese ist.',
  'update.none': 'Diese Ausgabe sucht nicht nach Updates.',
  'update.bad_release': 'Diese Ausgabe sucht nicht nach Updates: Ihre release.json ist nicht brauchbar.',
  'update.unreachable': '{host} hat nicht geantwortet: {reason}.',
  'update.status': '{host} hat mit Status {status} geantwortet.',
  'update.redirected': 'Der Weg zum Update führt zu {to}. Das ist nicht erlaubt; von dort wurde nichts geladen.',
  'update.too_large': '{name} ist größer, als es sein darf. Es wurde nicht zu Ende gelesen.',
  'update.slow': '{host} hat zu lange gebraucht.',
  'update.signature':
    'Die Beschreibung des Updates ist nicht von den Machern von Sluice signiert. Sie wurde ungelesen verworfen.',
  'update.manifest': 'Die Beschreibung des Updates ist signiert, aber nicht brauchbar: {reason}.',
  'update.channel': 'Die Beschreibung des Updates gilt für den Kanal {channel}, nicht für diesen.',
  'update.downgrade':
    'Der Update-Server bietet {version} an, obwohl {seen} schon gesehen wurde. Eine alte Beschreibung wurde noch einmal ausgeliefert; sie wurde abgelehnt.',
  'update.expired':
    'Die Beschreibung des Updates ist am {date} abgelaufen. Entweder hängt der Server, oder jemand hält Updates zurück.',
  'update.min_os': 'Version {version} braucht mindestens {system} {needed}; hier läuft {present}.',
  'update.no_file': 'Für dieses System hat Version {version} keine Datei.',
  'update.truncated':
    'Der Download von {version} brach ab. Das Geladene bleibt erhalten; ein neuer Versuch setzt dort fort.',
  'update.tampered':
    'Was für {version} geladen wurde, ist nicht das, was die Macher von Sluice signiert haben. Es wurde gelöscht.',
  'update.disk': 'Das Update kann nicht gespeichert werden: {reason}.',
  'update.installer': 'Das Installationsprogramm des Systems hat das Update abgelehnt: {reason}.',
  'update.crashing':
    'Version {version} ist seit dem Update {count, plural, one {einmal} other {#-mal}} abgestürzt. Die Version davor, {previous}, gibt es unter {url}.',
};
