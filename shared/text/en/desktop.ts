/** English: what the desktop app says by dialogs and menus of the system. */
export const desktopShellEn = {
  'desktop.external': 'Open {host} in another program?',
  'desktop.external.open': 'Open',
  'desktop.quit': 'Quit',
  'desktop.startFailed': 'Sluice could not start',
  'desktop.startFailed.showFile': 'Show the file',
  'desktop.crashed': 'Sluice ended because of an error',
  'desktop.crashed.log': 'What happened before stands in {file}',
  'desktop.portTaken': 'Port {port} is taken',
  'desktop.portTaken.other': 'Use {port} this time',
  'desktop.portTaken.hint':
    'With another port, programs that were pointed at {port} do not find Sluice until it has its own port again.',
  'desktop.runsAlready': 'Sluice runs already, without the desktop app',
  'desktop.runsAlready.open': 'Open its window in the browser',
  'desktop.stillRunning': 'Still running in the tray',
  'desktop.stillRunning.text': 'The gateway keeps working. Quit it from the tray.',
  'desktop.stillRunning.noTray':
    'The gateway keeps working without a window. Start Sluice again to open it; quit from its menu, or with “sluice stop”.',
  'desktop.noTray': 'This desktop shows no tray icons',
  'desktop.noTray.text':
    'Sluice works all the same: start it again to open its window, or use the actions of its launcher. “sluice serve” runs the gateway alone, with the window in the browser.',
  'desktop.menu.settings': 'Settings…',
  'desktop.menu.view': 'View',
  'desktop.menu.closeWindow': 'Close window, keep gateway',
  'desktop.shortcutRefused': 'The system does not give these keys: another program has them, or it does not know them.',
  'desktop.safeMode':
    'Sluice crashed again and again, and was started with the least it needs: without notifications, updates and its keys from anywhere. Restart it when the cause is mended.',
} as const;
