import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { server, styles } from './dev.mjs';
import { preload } from './preload.mjs';

// The page is embedded in the binary and served at `/` under a strict content security policy:
// everything is a file of its own under /assets/, nothing is inlined.
export default defineConfig({
  plugins: [svelte(), styles(), preload('library')],
  base: '/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200, // MapLibre is one chunk of 1.1 MB
  },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(['/api', '/tiles', '/styles'].map((path) => [path, server])),
    fs: { allow: ['..'] },
  },
});
