import { defineConfig } from 'vite';
import { compressedCopies } from '../../scripts/compressed-copies.mjs';

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@consilium/source', 'module', 'browser', 'import', 'default'] },
  plugins: [compressedCopies],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    rolldownOptions: {
      onLog: (level, log, handle) => {
        // 'use client' says nothing outside a server that renders React.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  logLevel: 'warn',
  server: { proxy: { '/api': { target: process.env['CONSILIUM_CONSOLE'] ?? 'http://127.0.0.1:8440', changeOrigin: false } } },
});
