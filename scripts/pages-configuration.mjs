import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** An application's index.html holds its own words alone; what a browser draws before any script, and what it needs for that, is the same in all. */
const firstFrame = {
  name: 'first-frame',
  transformIndexHtml: {
    order: 'pre',
    handler(own) {
      const frame = readFileSync(new URL('../libs/interface/src/first-frame.html', import.meta.url), 'utf8');
      const [words, withoutScripts] = [/<p>.*?<\/p>/s, /<noscript>.*?<\/noscript>/s].map((part) => part.exec(own)?.[0]);
      if (words === undefined || withoutScripts === undefined) throw new Error('index.html holds a paragraph and a noscript: the words of the first frame, and those without scripts.');
      return frame.replace('<!-- words -->', () => words).replace('<!-- without scripts -->', () => withoutScripts);
    },
  },
};

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

/** Every chunk that a chunk needs before it can run, itself included. */
function withImports(bundle, name, found = new Set()) {
  if (found.has(name) || bundle[name]?.type !== 'chunk') return found;
  found.add(name);
  for (const other of bundle[name].imports) withImports(bundle, other, found);
  return found;
}

/**
 * The page begins with a program of a few lines, which lets the browser draw first and then asks for the application. The browser is told of the
 * application's files at once, so that they are on their way meanwhile.
 */
const earlyFiles = {
  name: 'early-files',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle, chunk }) {
      const names = [...new Set(chunk.dynamicImports.flatMap((name) => [...withImports(bundle, name)]))].filter((name) => !withImports(bundle, chunk.fileName).has(name));
      const styles = new Set(names.flatMap((name) => [...bundle[name].viteMetadata.importedCss]));
      const font = Object.keys(bundle).find((name) => /inter-latin-wght-normal.*woff2$/.test(name));
      const link = (attributes) => ({ tag: 'link', injectTo: 'head', attrs: { ...attributes, crossorigin: true } });
      return [
        ...names.map((name) => link({ rel: 'modulepreload', href: `/${name}` })),
        ...[...styles].map((name) => link({ rel: 'preload', as: 'style', href: `/${name}` })),
        ...(font ? [link({ rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}` })] : []),
      ];
    },
  },
};

/** How both applications are built; `api` is where a development server finds the program that serves the pages otherwise. */
export const pagesConfiguration = (root, api) => ({
  root,
  resolve: { conditions: ['@consilium/source', 'module', 'browser', 'import', 'default'] },
  plugins: [firstFrame, earlyFiles, compressedCopies],
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
