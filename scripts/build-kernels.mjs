// Compiles the WebAssembly kernels of the libraries and writes them beside their sources' users, as base 64. They are kept in the repository, so that nobody needs the compiler to build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Where a library's kernels come from, and the file that carries them. */
export const KERNELS = [
  { source: 'libs/imaging/assembly/index.ts', carrier: 'libs/imaging/src/kernels-wasm.ts' },
  { source: 'libs/learning/assembly/index.ts', carrier: 'libs/learning/src/trees/kernels/kernels-wasm.ts' },
  { source: 'libs/radiomics/assembly/index.ts', carrier: 'libs/radiomics/src/kernels/kernels-wasm.ts' },
];

const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/** The text of the file that carries a library's kernels, compiled anew. */
export async function carrierOf(source) {
  const { default: asc } = await import('assemblyscript/asc');
  let compiled = null;
  const { error, stderr } = await asc.main([source, '--baseDir', root, '--outFile', 'kernels.wasm', ...OPTIONS], {
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') compiled = contents;
    },
  });
  if (error || !compiled) throw new Error(`${source} does not compile.\n${stderr.toString()}`);
  const text = Buffer.from(compiled).toString('base64');
  const lines = text.match(/.{1,180}/g).map((line) => `  '${line}'`);
  return `/** Made by \`npm run kernels\` from ${source}; not to be edited. */\nexport const KERNELS =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { source, carrier } of KERNELS) {
    const text = await carrierOf(source);
    const path = join(root, carrier);
    const known = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (known !== text) writeFileSync(path, text);
    process.stderr.write(`${carrier}: ${known === text ? 'as it was' : 'written'}\n`);
  }
}
