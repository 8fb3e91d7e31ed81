import { channelErrors, ConsiliumError, OLDEST_PROTOCOL_VERSION, PRODUCT_VERSION, PROTOCOL_VERSION } from '@consilium/protocol';
import { randomBytes } from 'node:crypto';
import { BOX_NONCE_BYTES, openSecretBox } from './boxes.js';
import { systemClock, type Clock } from './clock.js';
import { SIGNATURE_BYTES } from './ed25519.js';
import * as form from './handshake-messages.js';
import { parsePublicKey, verifySignature, type Identity } from './identity.js';
import { clockSkewSentence, LARGEST_CLOCK_SKEW_MILLISECONDS, type Session } from './session.js';
import { SUITES, type SuiteName } from './suites.js';
import { agree, agreementKeys } from './x25519.js';

export interface CoordinatorHandshakeOptions {
  readonly identity: Identity;
  readonly suites?: readonly SuiteName[];
  readonly clock?: Clock;
  readonly protocols?: { readonly oldest: number; readonly newest: number };
}

/** The reply to send in any case, and why it is a refusal where it is one. */
export interface Reply {
  readonly bytes: Buffer;
  readonly refusal?: ConsiliumError;
}

/** A proven agent. Whether its key is welcome is the caller's decision, told under the session's keys. */
export interface ProvenAgent {
  readonly session: Session;
  /** What the agent calls itself. */
  readonly name: string;
  readonly instance: string;
}

interface Agreed {
  readonly offer: form.Offer;
  readonly suite: SuiteName;
  readonly secret: Uint8Array;
  readonly transcript: Buffer;
  readonly signature: Buffer;
  readonly skew: number;
}

/** The coordinator's side: reply() to the offer, then prove() with the agent's third message. */
export class CoordinatorHandshake {
  readonly #options: CoordinatorHandshakeOptions;
  readonly #clock: Clock;
  readonly #suites: readonly SuiteName[];
  #agreed: Agreed | undefined;

  constructor(options: CoordinatorHandshakeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#suites = options.suites ?? SUITES;
  }

  /** Never throws for what the offer holds: a refusal is signed like a choice, so that nobody else can say no in the coordinator's name. */
  reply(offerBytes: Uint8Array): Reply {
    try {
      return { bytes: this.#choose(offerBytes) };
    } catch (error) {
      if (!(error instanceof ConsiliumError)) throw error;
      const refusal: form.Refusal = { identity: this.#options.identity.publicKey, refusal: error.code, sentence: error.message };
      return { bytes: this.#signed(offerBytes, form.encode(refusal)).bytes, refusal: error };
    }
  }

  /** Checks the agent's proof; throws a ConsiliumError that must not be answered in detail, since nothing is known of who asked. */
  prove(proof: Uint8Array): ProvenAgent {
    if (!this.#agreed) throw new ConsiliumError(channelErrors.malformedHandshake);
    const { offer, suite, secret, transcript, signature, skew } = this.#agreed;
    this.#agreed = undefined;
    const plain = openSecretBox(proof, new Uint8Array(BOX_NONCE_BYTES), form.deriveKey(secret, transcript, 'agent proof'));
    if (plain === null || plain.length <= SIGNATURE_BYTES) throw altered();
    const claimed = plain.subarray(SIGNATURE_BYTES);
    const fields = form.decode(claimed);
    const claims = fields && form.readClaims(fields);
    if (!claims) throw new ConsiliumError(channelErrors.malformedHandshake);
    if (parsePublicKey(claims.identity) === null) throw new ConsiliumError(channelErrors.weakKey, 'The agent shows a weak key. No connection was made.');
    const whole = form.transcriptOf('whole', [transcript, signature, claimed]);
    const agentSignature = plain.subarray(0, SIGNATURE_BYTES);
    if (!verifySignature({ publicKey: claims.identity, purpose: 'agent handshake', message: whole, signature: agentSignature })) throw altered();
    const session: Session = {
      peerKey: claims.identity,
      peerProductVersion: offer.productVersion,
      protocol: offer.protocol,
      suite,
      clockSkewMilliseconds: skew,
      sendKey: { suite, direction: 'coordinator-to-agent', key: form.deriveKey(secret, whole, `${suite} coordinator to agent`) },
      receiveKey: { suite, direction: 'agent-to-coordinator', key: form.deriveKey(secret, whole, `${suite} agent to coordinator`) },
    };
    return { session, name: claims.name, instance: claims.instance };
  }

  #choose(offerBytes: Uint8Array): Buffer {
    const fields = form.decode(offerBytes);
    const offer = fields && form.readOffer(fields);
    if (!offer) throw new ConsiliumError(channelErrors.malformedHandshake);
    const now = this.#clock.now();
    const suite = this.#checkOffer(offer, now);
    const ephemeral = agreementKeys();
    const secret = agree(ephemeral.secretKey, Buffer.from(offer.ephemeral, 'base64'));
    if (secret === null) throw new ConsiliumError(channelErrors.weakKey, 'The agent sent a weak key. No connection was made.');
    const choice: form.Choice = {
      format: 'consilium channel 1',
      protocol: offer.protocol,
      productVersion: PRODUCT_VERSION,
      suites: this.#suites,
      suite,
      ephemeral: Buffer.from(ephemeral.publicKey).toString('base64'),
      nonce: randomBytes(form.NONCE_BYTES).toString('base64'),
      clock: now,
      identity: this.#options.identity.publicKey,
    };
    const { bytes, transcript, signature } = this.#signed(offerBytes, form.encode(choice));
    this.#agreed = { offer, suite, secret, transcript, signature, skew: offer.clock - now };
    return bytes;
  }

  #checkOffer(offer: form.Offer, now: number): SuiteName {
    const { oldest, newest } = this.#options.protocols ?? { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };
    if (offer.protocol < oldest) {
      throw new ConsiliumError(channelErrors.olderProtocol, `The agent speaks protocol ${offer.protocol}, the coordinator ${newest}. Update the site agent.`);
    }
    if (offer.protocol > newest) {
      throw new ConsiliumError(channelErrors.newerProtocol, `The agent speaks protocol ${offer.protocol}, the coordinator only ${newest}. Update the coordinator.`);
    }
    const skew = offer.clock - now;
    if (Math.abs(skew) > LARGEST_CLOCK_SKEW_MILLISECONDS) throw new ConsiliumError(channelErrors.clockSkew, clockSkewSentence(skew));
    const suite = form.bestCommonSuite(this.#suites, offer.suites);
    if (!suite) throw new ConsiliumError(channelErrors.noCommonSuite);
    return suite;
  }

  #signed(offerBytes: Uint8Array, core: Buffer): { bytes: Buffer; transcript: Buffer; signature: Buffer } {
    const transcript = form.transcriptOf('offer and choice', [offerBytes, core]);
    const signature = this.#options.identity.sign('coordinator handshake', transcript);
    return { bytes: Buffer.concat([signature, core]), transcript, signature };
  }
}

const altered = (): ConsiliumError => new ConsiliumError(channelErrors.transcriptMismatch, 'The handshake was altered on its way. No connection was made.');
