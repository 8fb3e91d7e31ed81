import { channelErrors, ConsiliumError } from '@consilium/protocol';

/** What a failed attempt means to the person who has to mend it. Addresses, names and answers of third parties are left out. */
export function connectionProblem(error: unknown): ConsiliumError {
  if (error instanceof ConsiliumError) return error;
  const { code, status } = causeOf(error);
  if (status === 407) return new ConsiliumError(channelErrors.proxyRefused, 'The proxy asks for a name and password, or refuses the ones given.', { cause: error });
  if (status !== undefined) {
    return new ConsiliumError(channelErrors.unreachable, `A proxy or server on the way answered with status ${status}. No connection was made.`, { cause: error });
  }
  if (CERTIFICATE_CODES.has(code ?? '')) return new ConsiliumError(channelErrors.certificateRefused, certificateSentence(code!), { cause: error });
  return new ConsiliumError(channelErrors.unreachable, NETWORK_SENTENCES[code ?? ''] ?? 'The coordinator cannot be reached.', { cause: error });
}

/** Whether something between lets HTTPS through but not WebSockets, as far as one can tell: then polling may work. */
export function mayBlockWebSockets(error: unknown): boolean {
  const { code, status } = causeOf(error);
  return (status !== undefined && status !== 407) || code === 'ETIMEDOUT' || code === 'ECONNRESET';
}

const CERTIFICATE_CODES = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function certificateSentence(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return "The server's certificate has expired. Nothing was sent.";
  if (code === 'CERT_NOT_YET_VALID') return "The server's certificate is not valid yet; check the clock. Nothing was sent.";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return "The server's certificate names another host. Nothing was sent.";
  return "The server's certificate is not signed by a trusted authority. Nothing was sent.";
}

const NETWORK_SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The coordinator refuses connections. It may be down.',
  ENOTFOUND: "The coordinator's name cannot be found.",
  EAI_AGAIN: "The coordinator's name cannot be looked up at present.",
  ETIMEDOUT: 'The coordinator does not answer.',
  EPROTO: 'The coordinator does not speak TLS at this address.',
};

interface Cause {
  readonly code?: string;
  readonly status?: number;
}

/** The system's error code or the HTTP status inside the layers that engine.io, ws and the request wrap around it. */
function causeOf(error: unknown, depth = 0): Cause {
  if (typeof error === 'number') return error > 0 ? { status: error } : {};
  if (typeof error !== 'object' || error === null || depth > 5) return {};
  const { code, message, description, error: inner, context, cause, errors, responseText, status } = error as Record<string, unknown>;
  const answered = /Unexpected server response: (\d{3})/.exec(typeof message === 'string' ? message : '');
  if (answered) return { status: Number(answered[1]) };
  if (typeof code === 'string' && code !== '') return { code };
  if (status === 0 && typeof responseText === 'string') return { code: /\b(E[A-Z_]{4,}|(?:UNABLE|SELF|DEPTH|CERT)_[A-Z_]+)\b/.exec(responseText)?.[1] ?? '' };
  for (const layer of [description, inner, context, cause, Array.isArray(errors) ? (errors as unknown[])[0] : undefined]) {
    const found = causeOf(layer, depth + 1);
    if (found.code || found.status) return found;
  }
  return {};
}
