/** What a server would not do, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    readonly sentence: string,
    readonly details: { readonly code?: string; readonly help?: string; readonly problems?: readonly string[] } = {},
  ) {
    super(sentence);
  }
}

export interface Absence {
  /** Said when the server does not answer at all. */
  readonly sentence: string;
  readonly help: string;
  /** Said when it answers with a status and no words. */
  readonly answered: (status: number) => string;
}

/** Asks the server that the page came from. Whatever it refuses is thrown as Refused; status 0 where it does not answer. */
export function requests(absence: () => Absence) {
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) }).catch(() => {
      const { sentence, help } = absence();
      throw new Refused(0, sentence, { help });
    });
    if (answer.ok) return answer;
    const told = (await answer.json().catch(() => ({}))) as { readonly sentence?: string; readonly code?: string; readonly help?: string; readonly problems?: readonly string[] };
    throw new Refused(answer.status, told.sentence ?? absence().answered(answer.status), told);
  }

  const valueOf = async <T>(answer: Response): Promise<T> => {
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };

  return {
    ask,
    get: async <T>(path: string): Promise<T> => valueOf<T>(await ask('GET', path)),
    post: async <T = void>(path: string, body: unknown = {}): Promise<T> => valueOf<T>(await ask('POST', path, body)),
    put: async <T = void>(path: string, body: unknown): Promise<T> => valueOf<T>(await ask('PUT', path, body)),
  };
}
