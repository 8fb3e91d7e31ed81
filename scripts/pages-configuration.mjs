import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Leaves a compressed copy beside every text file, so that the server need not compress. */
const compressedCopies = {
  name: 'compressed-copies',
  apply: 'build',
  writeBundle({ dir }) {
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

/** How both applications are built; `api` is where a development server finds the program that serves the pages otherwise. */
export const pagesConfiguration = (root, api) => ({
  root,
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
  server: { proxy: { '/api': { changeOrigin: false, ...api } } },
});
