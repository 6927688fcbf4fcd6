import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pages, server, styles } from './dev.mjs';
import { preload } from './preload.mjs';

// The pages are embedded in the binary and served under a strict content security policy: everything is a file of its
// own under /assets/, nothing is inlined.
export default defineConfig({
  plugins: [svelte(), styles(), pages(), preload('index.html', 'library')],
  base: '/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200, // MapLibre is one chunk of 1.1 MB
    rolldownOptions: {
      input: ['index.html', 'sign-in.html', 'account.html', 'docs.html'],
      // What the map shares with the other pages comes in one file: its first view waits for every request. What only
      // drawing on it needs comes with the first that draws.
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false, // or what drawing needs of the map would not come with the map
          groups: [
            { name: 'base', minShareCount: 2, test: /\/node_modules\/(?!maplibre)|\/src\/(?!forms|signin|account|docs|plan\/|select\/|compare\/|i18n\/(signin|plan|select))/ },
            { name: 'draw', minShareCount: 2, test: /\/src\/(plan|select|compare)\// },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(['/api', '/tiles', '/styles', '/sign-in/', '/openapi.json'].map((path) => [path, server])),
    fs: { allow: ['..'] },
  },
});
