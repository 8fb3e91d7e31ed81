import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';

/** Folders of a build that hold files named by their content. */
const LASTING = 'public, max-age=31536000, immutable';

export interface PageFilesOptions {
  /** Beginnings of paths that are not pages, such as `api`. */
  readonly reserved: readonly string[];
}

/**
 * A web application's files, compressed where the build left a compressed copy; every other address that is not reserved is a page of the
 * application, which finds its way by itself.
 */
export function pageFiles(folder: string, { reserved }: PageFilesOptions): (request: Request, response: Response, next: NextFunction) => void {
  const others = new RegExp(`^/(${reserved.map((name) => name.replaceAll('.', '\\.')).join('|')})(/|$)`);
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
    if (!['GET', 'HEAD'].includes(request.method) || others.test(request.path)) return next();
    const named = /\.\w+$/.test(request.path) ? request.path : '/index.html';
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && existsSync(join(folder, `${named}.gz`));
    request.url = gzip ? `${named}.gz` : named;
    files(request, response, next);
  };
}

const types: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', json: 'application/json' };
const contentType = (path: string): string => types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
