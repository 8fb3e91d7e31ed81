import { createHash, randomBytes } from 'node:crypto';

const LONGEST_MILLISECONDS = 12 * 3_600_000;
const IDLE_MILLISECONDS = 3_600_000;

interface Session {
  readonly opened: number;
  /** The stored form of the password it was opened with: another password ends it. */
  readonly password: string;
  used: number;
}

/** Who is signed in to the console. In memory only: a restart of the agent signs everybody out. */
export class ConsoleSessions {
  private readonly sessions = new Map<string, Session>();

  /** Milliseconds of a monotonic clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  open(password: string): string {
    const token = randomBytes(32).toString('base64url');
    const opened = this.now();
    this.sessions.set(digestOf(token), { opened, password, used: opened });
    return token;
  }

  isOpen(token: string, password: string): boolean {
    const key = digestOf(token);
    const session = this.sessions.get(key);
    if (!session) return false;
    const now = this.now();
    if (session.password !== password || now - session.opened > LONGEST_MILLISECONDS || now - session.used > IDLE_MILLISECONDS) {
      this.sessions.delete(key);
      return false;
    }
    session.used = now;
    return true;
  }

  close(token: string): void {
    this.sessions.delete(digestOf(token));
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');
