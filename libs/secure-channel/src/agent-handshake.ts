import { channelErrors, ConsiliumError, PRODUCT_VERSION, PROTOCOL_VERSION, type ErrorCode } from '@consilium/protocol';
import { randomBytes } from 'node:crypto';
import { BOX_NONCE_BYTES, sealSecretBox } from './boxes.js';
import { systemClock, type Clock } from './clock.js';
import { SIGNATURE_BYTES } from './ed25519.js';
import * as form from './handshake-messages.js';
import { verifySignature, type Identity } from './identity.js';
import { clockSkewSentence, LARGEST_CLOCK_SKEW_MILLISECONDS, type Session } from './session.js';
import { SUITES, type SuiteName } from './suites.js';
import { agree, agreementKeys } from './x25519.js';

export interface AgentHandshakeOptions {
  readonly identity: Identity;
  readonly name: string;
  /** The pinned key of the coordinator. */
  readonly coordinatorKey: string;
  /** Sixteen random bytes of this program, base64. */
  readonly instance: string;
  readonly suites?: readonly SuiteName[];
  readonly clock?: Clock;
  readonly protocol?: number;
}

/** The agent's side: offer(), then answer() to the coordinator's reply, then session(). Every refusal is thrown as a ConsiliumError. */
export class AgentHandshake {
  readonly #options: AgentHandshakeOptions;
  readonly #clock: Clock;
  readonly #suites: readonly SuiteName[];
  readonly #ephemeral = agreementKeys();
  #offer: Buffer | undefined;
  #offeredAt = 0;
  #session: Session | undefined;

  constructor(options: AgentHandshakeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#suites = options.suites ?? SUITES;
  }

  offer(): Buffer {
    this.#offeredAt = this.#clock.now();
    const offer: form.Offer = {
      format: 'consilium channel 1',
      protocol: this.#options.protocol ?? PROTOCOL_VERSION,
      productVersion: PRODUCT_VERSION,
      suites: this.#suites,
      ephemeral: Buffer.from(this.#ephemeral.publicKey).toString('base64'),
      nonce: randomBytes(form.NONCE_BYTES).toString('base64'),
      clock: this.#offeredAt,
    };
    this.#offer = form.encode(offer);
    return this.#offer;
  }

  /** Checks the coordinator's reply and gives the proof to send back. */
  answer(reply: Uint8Array): Buffer {
    const receivedAt = this.#clock.now();
    if (!this.#offer || reply.length <= SIGNATURE_BYTES) throw new ConsiliumError(channelErrors.malformedHandshake);
    const signature = reply.subarray(0, SIGNATURE_BYTES);
    const core = reply.subarray(SIGNATURE_BYTES);
    const transcript = form.transcriptOf('offer and choice', [this.#offer, core]);
    const choice = this.#readReply(core, transcript, signature);
    this.#checkChoice(choice);
    const skew = choice.clock - (this.#offeredAt + receivedAt) / 2;
    if (Math.abs(skew) > LARGEST_CLOCK_SKEW_MILLISECONDS) throw new ConsiliumError(channelErrors.clockSkew, clockSkewSentence(-skew));
    const secret = agree(this.#ephemeral.secretKey, Buffer.from(choice.ephemeral, 'base64'));
    if (secret === null) throw new ConsiliumError(channelErrors.weakKey, 'The coordinator sent a weak key. No connection was made.');
    return this.#prove({ choice, transcript, signature, secret, skew });
  }

  session(): Session {
    if (!this.#session) throw new Error('the handshake has not been answered');
    return this.#session;
  }

  #readReply(core: Uint8Array, transcript: Buffer, signature: Uint8Array): form.Choice {
    const fields = form.decode(core);
    const refusal = fields && form.readRefusal(fields);
    const choice = fields && form.readChoice(fields);
    const message = refusal ?? choice;
    if (!message) throw new ConsiliumError(channelErrors.malformedHandshake);
    const pinned = message.identity === this.#options.coordinatorKey;
    const genuine = pinned && verifySignature({ publicKey: this.#options.coordinatorKey, purpose: 'coordinator handshake', message: transcript, signature });
    if (!genuine) throw refusedReply(form.signatureProblem(pinned));
    if (refusal) throw new ConsiliumError(refusal.code, refusal.sentence);
    return choice!;
  }

  #checkChoice(choice: form.Choice): void {
    if (choice.protocol !== (this.#options.protocol ?? PROTOCOL_VERSION)) throw new ConsiliumError(channelErrors.malformedHandshake);
    if (choice.suite !== form.bestCommonSuite(this.#suites, choice.suites)) throw new ConsiliumError(channelErrors.suiteDowngrade);
  }

  #prove(agreed: { choice: form.Choice; transcript: Buffer; signature: Uint8Array; secret: Uint8Array; skew: number }): Buffer {
    const { choice, transcript, signature, secret, skew } = agreed;
    const { identity, name, instance } = this.#options;
    const claims: form.Claims = { identity: identity.publicKey, name, instance };
    const claimed = form.encode(claims);
    const whole = form.transcriptOf('whole', [transcript, signature, claimed]);
    const proof = Buffer.concat([identity.sign('agent handshake', whole), claimed]);
    this.#session = {
      peerKey: choice.identity,
      peerProductVersion: choice.productVersion,
      protocol: choice.protocol,
      suite: choice.suite,
      clockSkewMilliseconds: skew,
      sendKey: { suite: choice.suite, direction: 'agent-to-coordinator', key: form.deriveKey(secret, whole, `${choice.suite} agent to coordinator`) },
      receiveKey: { suite: choice.suite, direction: 'coordinator-to-agent', key: form.deriveKey(secret, whole, `${choice.suite} coordinator to agent`) },
    };
    // The key seals this one message, so its nonce may be zero.
    return Buffer.from(sealSecretBox(proof, new Uint8Array(BOX_NONCE_BYTES), form.deriveKey(secret, transcript, 'agent proof'))!);
  }
}

function refusedReply(code: ErrorCode): ConsiliumError {
  const sentence =
    code === channelErrors.wrongKey
      ? "The coordinator's key is not the one of the invite. Nothing was sent to it."
      : 'The handshake was altered on its way. No connection was made.';
  return new ConsiliumError(code, sentence);
}
