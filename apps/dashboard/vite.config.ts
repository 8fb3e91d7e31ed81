import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Leaves a compressed copy beside every text file, so that the coordinator need not compress. */
const compressed: Plugin = {
  name: 'compressed-copies',
  apply: 'build',
  writeBundle({ dir }) {
    for (const entry of readdirSync(dir!, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@consilium/source', 'module', 'browser', 'import', 'default'] },
  plugins: [compressed],
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
  server: { proxy: { '/api': { target: process.env['CONSILIUM_CENTRE'] ?? 'https://localhost:8443', secure: false, changeOrigin: false } } },
});
