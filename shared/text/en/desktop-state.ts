/** English: why something that was asked of the desktop is not as it was asked for. */
export const desktopStateEn = {
  'login.unpackaged': 'Only the installed app can open at login; this one runs from its sources.',
  'login.needs_approval': 'macOS waits for your approval: System Settings › General › Login Items.',
  'login.switched_off': 'It was switched off in the settings of the system.',
  'login.other_program': 'The entry starts another copy of Sluice. Switch it on again to have this one.',
  'update.none': 'This build does not look for updates.',
  'update.bad_release': 'This build does not look for updates: its release.json is not usable.',
  'update.unreachable': '{host} did not answer: {reason}.',
  'update.status': '{host} answered with status {status}.',
  'update.redirected': 'The way to the update leads to {to}, which is not allowed. Nothing was fetched from there.',
  'update.too_large': '{name} is larger than it may be. It was not read to its end.',
  'update.slow': '{host} took too long.',
  'update.signature': 'The description of the update is not signed by the makers of Sluice. It was thrown away unread.',
  'update.manifest': 'The description of the update is signed, and not usable: {reason}.',
  'update.channel': 'The description of the update is for the channel {channel}, not for this one.',
  'update.downgrade':
    'The update server offers {version} although {seen} was seen before. An old description was served again; it was refused.',
  'update.expired':
    'The description of the update has expired on {date}. Either the server is stuck or somebody holds updates back.',
  'update.min_os': 'Version {version} needs {system} {needed} or newer; this is {present}.',
  'update.no_file': 'Version {version} has no file for this system.',
  'update.truncated': 'The download of {version} ended early. What was fetched is kept; try again to go on.',
  'update.tampered': 'What was downloaded for {version} is not what the makers of Sluice signed. It was deleted.',
  'update.disk': 'The update cannot be kept on disk: {reason}.',
  'update.installer': 'The installer of the system refused the update: {reason}.',
  'update.crashing':
    'Version {version} crashed {count, plural, one {once} other {# times}} since the update. The version before, {previous}, can be had at {url}.',
} as const;
