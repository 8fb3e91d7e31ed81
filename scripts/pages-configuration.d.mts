import type { UserConfig } from 'vite';
export function pagesConfiguration(root: string, api: Readonly<Record<string, unknown>>): UserConfig;
