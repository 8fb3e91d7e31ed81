// Packs what `consilium extract` loads into a few files: a process a case is started, and ninety modules take as long to find as a small mask to be read.
// Called by setup, by npm run build and before the suites, on what the compiler wrote.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Packages stay where they are: some find their WebAssembly beside them. */
const isPackage = (id) => !/^[./]/.test(id) && !id.startsWith('@consilium/') && !/^[A-Za-z]:\\/.test(id);

export async function bundleExtract(root) {
  const bundle = await rolldown({
    input: { extract: join(root, 'apps/cli/dist/extract-entry.js'), 'extraction-worker': join(root, 'libs/radiomics/dist/extraction-worker.js') },
    platform: 'node',
    external: isPackage,
    resolve: { conditionNames: ['node', 'import', 'default'] },
  });
  await bundle.write({ dir: join(root, 'apps/cli/dist/bundle'), format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'part-[name].js', minify: true, cleanDir: true });
  await bundle.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleExtract(resolve(dirname(fileURLToPath(import.meta.url)), '..'));
