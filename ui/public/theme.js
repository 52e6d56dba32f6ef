// Runs before the first paint, as a file of its own because the Content-Security-Policy allows no inline script: without it a
// reader who chose dark would see a white flash at every load. `ui/components/theme.ts` writes the same key.
try {
  const theme = localStorage.getItem('lockkeeper.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's preference applies.
}
