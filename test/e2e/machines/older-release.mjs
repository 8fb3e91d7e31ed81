// Preloaded into a program, makes it one of an older release: it speaks the protocol before this one.
import { register } from 'node:module';

const loader = `export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!/[/](packed[/]|protocol[/]dist[/]version)/.test(url)) return loaded;
  return { ...loaded, source: String(loaded.source).replace(/const PROTOCOL_VERSION = (\\d+)/, (_, version) => 'const PROTOCOL_VERSION = ' + (version - 1)) };
}`;
register(`data:text/javascript,${encodeURIComponent(loader)}`);
