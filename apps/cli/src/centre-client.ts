import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { CommandRefused } from './refusal.js';
import { loadSession } from './centre-session.js';

interface RefusalBody {
  readonly code?: string;
  readonly sentence?: string;
  readonly help?: string;
  readonly problems?: readonly string[];
}

export interface ClientAddress {
  readonly url: string;
  readonly ca: string | null;
  readonly token?: string;
}

/** The coordinator's HTTP API. A refusal becomes the sentence it came with. */
export class CentreClient {
  constructor(private readonly address: ClientAddress) {}

  static async open(sessionFile: string): Promise<CentreClient> {
    return new CentreClient(await loadSession(sessionFile));
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text('GET', path)) as T;
  }

  /** The bytes as they are, for files whose digest matters. */
  getText(path: string): Promise<string> {
    return this.text('GET', path);
  }

  async post<T>(path: string, body: object = {}): Promise<T> {
    const text = await this.text('POST', path, JSON.stringify(body));
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private text(method: string, path: string, body?: string): Promise<string> {
    const { url, ca, token } = this.address;
    const target = new URL(path, url);
    const send = target.protocol === 'https:' ? secureRequest : plainRequest;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      // What changes something goes over a connection of its own, so that it is never in doubt whether it was asked twice.
      const connection = method === 'GET' ? {} : { agent: false };
      const call = send(target, { method, headers, timeout: 60_000, ...connection, ...(ca === null ? {} : { ca }) }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', () => reject(away(target)));
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8');
          if ((response.statusCode ?? 500) < 400) resolve(text);
          else reject(refusalOf(text, response.statusCode ?? 500));
        });
      });
      call.on('timeout', () => call.destroy());
      call.on('error', () => {
        // The coordinator closed a connection that had been idle just as it was used again: nothing was asked yet.
        if (call.reusedSocket && method === 'GET') this.text(method, path).then(resolve, reject);
        else reject(away(target));
      });
      call.end(body);
    });
  }
}

const away = (target: URL): CommandRefused =>
  new CommandRefused(`The coordinator at ${target.origin} does not answer, or shows another certificate. Check the address and that it is started.`);

function refusalOf(text: string, status: number): CommandRefused {
  let body: RefusalBody = {};
  try {
    body = JSON.parse(text) as RefusalBody;
  } catch {
    // An answer that is not the coordinator's own, of a proxy for example.
  }
  const sentence = body.sentence ?? `The answer was ${status}.`;
  return new CommandRefused(
    [`${body.code === undefined ? '' : `${body.code}: `}${sentence}`, ...(body.problems ?? []), ...(body.help === undefined ? [] : [body.help])].join(
      '\n',
    ),
  );
}
