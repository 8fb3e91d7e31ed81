import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type NextFunction, type Request, type Response } from 'express';

/** Where the dashboard's build is, beside this program. */
export const dashboardFolder = fileURLToPath(new URL('../../../dashboard/dist/', import.meta.url));

const isPage = ({ method, path }: Request): boolean => (method === 'GET' || method === 'HEAD') && !/^\/(api|health|metrics|socket\.io)(\/|$)/.test(path);

/** Folders of the build that hold files named by their content. */
const LASTING = 'public, max-age=31536000, immutable';

/**
 * The dashboard's files, compressed where the build left a compressed copy; every other address that is not of the API is a page of the
 * dashboard, which finds its way by itself.
 */
export function dashboardFiles(folder = dashboardFolder): (request: Request, response: Response, next: NextFunction) => void {
  const files = express.static(folder, {
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      const compressed = path.endsWith('.gz');
      if (compressed) {
        response.setHeader('Content-Encoding', 'gzip');
        response.setHeader('Content-Type', contentType(path.slice(0, -3)));
      }
      response.setHeader('Vary', 'Accept-Encoding');
      response.setHeader('Cache-Control', path.includes('/assets/') ? LASTING : 'no-cache');
    },
  });
  return (request, response, next) => {
    if (!isPage(request)) return next();
    const named = /\.\w+$/.test(request.path) ? request.path : '/index.html';
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && existsSync(join(folder, `${named}.gz`));
    request.url = gzip ? `${named}.gz` : named;
    files(request, response, next);
  };
}

const types: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', json: 'application/json' };

const contentType = (path: string): string => types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
