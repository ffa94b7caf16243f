// Runs before the first paint: theme, density, language and text size as they were chosen, so that nothing flashes.
(function () {
  var root = document.documentElement;
  var chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem('sluice.preferences') || '{}') || {};
  } catch {
    // Unreadable preferences are as good as none.
  }
  var dark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = chosen.theme === 'dark' || chosen.theme === 'light' ? chosen.theme : dark ? 'dark' : 'light';
  root.dataset.density = chosen.density === 'compact' ? 'compact' : 'comfortable';
  if (chosen.motion === 'reduced') root.dataset.motion = 'reduced';
  if (typeof chosen.language === 'string') root.lang = chosen.language;
})();
