/** Light, dark, or as the system says. Remembered in this browser; `ui/public/theme.js` applies it before the first paint. */
export type Theme = 'system' | 'light' | 'dark';
const KEY = 'lockkeeper.theme';

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  document.dispatchEvent(new CustomEvent('lk-theme'));
}
