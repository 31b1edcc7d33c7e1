// Builds the tab, and the sandbox page beside it, into tab/dist.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const pages = ['index.html', 'sandbox.html'].map(page => root + page).filter(page => existsSync(page));

export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Fluent UI's core is one chunk of some 600 kB before compression; what is used by one page only is loaded with that page.
    chunkSizeWarningLimit: 800,
    rollupOptions: { input: pages },
  },
});
