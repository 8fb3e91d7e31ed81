import { parsePublicKey, verifySignature, type Identity } from './identity.js';

/**
 * What a party says about a key, signed so that it can be stored and checked by anyone later:
 * a succession ("from now on my key is …") is signed by both keys, a revocation ("do not accept this key") by the key itself or by the centre.
 */
export type StatementContent =
  | { readonly kind: 'succession'; readonly oldKey: string; readonly newKey: string; readonly at: string }
  | { readonly kind: 'revocation'; readonly key: string; readonly at: string; readonly reason: string };

export interface SignedStatement {
  /** Canonical JSON of the content: keys in order, no spaces. */
  readonly text: string;
  /** Public key of a signer to its signature in base64. */
  readonly signatures: Readonly<Record<string, string>>;
}

const PURPOSE = 'key statement';

export function declareSuccession(old: Identity, next: Identity, at: string): SignedStatement {
  return signStatement({ kind: 'succession', oldKey: old.publicKey, newKey: next.publicKey, at }, [old, next]);
}

/** The signer is the key's holder or the coordinating centre. */
export function declareRevocation(key: string, signer: Identity, { at, reason }: { at: string; reason: string }): SignedStatement {
  return signStatement({ kind: 'revocation', key, at, reason }, [signer]);
}

function signStatement(content: StatementContent, signers: readonly Identity[]): SignedStatement {
  const text = canonicalText(content);
  return { text, signatures: Object.fromEntries(signers.map((signer) => [signer.publicKey, signer.signText(PURPOSE, text)])) };
}

function canonicalText(content: StatementContent): string {
  return JSON.stringify(Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * The content of a statement, or null unless it is canonical, well formed and carries the signatures it needs.
 * A revocation counts when signed by the key it names or by one of `authorities` (the coordinating centre's keys).
 */
export function readStatement(statement: SignedStatement, authorities: readonly string[] = []): StatementContent | null {
  const content = parseContent(statement.text);
  if (content === null) return null;
  const isSignedBy = (publicKey: string): boolean => {
    const signature = Object.hasOwn(statement.signatures, publicKey) ? statement.signatures[publicKey] : undefined;
    return signature !== undefined && verifySignature({ publicKey, purpose: PURPOSE, message: statement.text, signature });
  };
  const enough = content.kind === 'succession' ? isSignedBy(content.oldKey) && isSignedBy(content.newKey) : [content.key, ...authorities].some(isSignedBy);
  return enough ? content : null;
}

function parseContent(text: string): StatementContent | null {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { kind, at } = value ?? {};
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  const content = contentOf(kind, value, at);
  return content !== null && canonicalText(content) === text ? content : null;
}

function contentOf(kind: unknown, value: Record<string, unknown>, at: string): StatementContent | null {
  const { oldKey, newKey, key, reason } = value;
  if (kind === 'succession' && isKey(oldKey) && isKey(newKey) && oldKey !== newKey) return { kind, oldKey, newKey, at };
  if (kind === 'revocation' && isKey(key) && typeof reason === 'string' && reason.length <= 500) return { kind, key, at, reason };
  return null;
}

const isKey = (value: unknown): value is string => parsePublicKey(value) !== null;
