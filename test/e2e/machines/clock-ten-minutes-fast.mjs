// Preloaded into a program, makes it one on a machine whose clock is ten minutes fast.
const now = Date.now;
Date.now = () => now() + 10 * 60_000;
