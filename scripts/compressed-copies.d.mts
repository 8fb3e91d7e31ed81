import type { Plugin } from 'vite';
export const compressedCopies: Plugin;
