// The suite is built with everything else (test/tsconfig.json).
await import('../dist/faults/main.js');
