import { defineConfig } from 'vite';

/**
 * The console, built into `ui/dist` and served by the Worker as static assets. Nothing is inlined (`assetsInlineLimit: 0`): the
 * server's Content-Security-Policy lets scripts, styles and icons come from this origin only.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
});
