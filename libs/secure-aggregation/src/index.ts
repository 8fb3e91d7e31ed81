export { agreedKey, AGREEMENT_KEY_BYTES, newSessionKeys, sessionKeysOf, type SessionKeys } from './key-agreement.js';
export { addStream, SEED_BYTES, type MaskStream } from './mask-stream.js';
export { maskBlocks, readMaskedTerm, type Blocks, type MaskedTerm } from './masked-sums.js';
export { pairStreams, seedFor, type MaskPurpose } from './pair-seeds.js';
export { FEWEST_MEMBERS, RecoverableMember, safeThreshold, type MemberKeys, type RecoverableOptions, type Revelation } from './recoverable-member.js';
export { addNumbers, addWords, numbersOf, sumRing, wordsOf, type Ring } from './ring.js';
export { lagrangeAtZero, newSecret, recoverSecret, shareSecret, SHARING_PRIME, type Share } from './secret-sharing.js';
export { unmaskingStreams, type SurvivorSum } from './unmask-survivors.js';
