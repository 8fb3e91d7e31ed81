/** An attack or a fault, and what happens. Tests carry its number in their titles: `fault 4: …`, `faults 6, 7: …`. */
export interface Fault {
  readonly number: number;
  readonly attack: string;
  readonly outcome: string;
}

type Row = readonly [attack: string, outcome: string];

const forty: readonly Row[] = [
  ['Weak X25519 keys: the 31 cases of Wycheproof whose secret is zero', 'the handshake is refused as a weak key (E112); the other 487 derive equal keys'],
  ['Malformed Ed25519 signatures: the 151 cases of Wycheproof', 'exactly the valid ones are accepted, by both implementations, and none throws'],
  ['An identity of small order, or none, at enrolment', 'refused before anything is stored (E215)'],
  ['One bit flipped at every byte of a frame or a handshake', 'refused; the connection ends, one line is in the log, the agent comes back by itself'],
  ['Frames, keys and nonces that are empty, cut, too long or of a wrong size; bodies beyond what was announced', 'refused without an exception, with bounded memory'],
  ['A captured frame sent again: in its session, in a later one, after a restart', 'refused as a repetition; a contribution counts exactly once, however often it comes'],
  ['Frames out of order, or with a gap', 'refused; nothing is applied out of its place'],
  ['A frame sent back to its sender, or delivered to another site', 'refused: direction and session are inside the seal and compared'],
  ['A contribution moved to another round, run or study', 'refused: run, round, attempt and digest travel inside the seal, and a run has its own sites'],
  ['Downgrade: an older protocol, a weaker or no cipher', 'refused and logged at both ends; there is no way to speak unsealed'],
  ['Somebody between a site and the centre who enrols a key of his own', 'the words differ at the two ends; the site is not admitted until people have compared them'],
  ['A key of a session in other hands', 'reads nothing of other sessions, nor of its own before the key last changed'],
  ['A stolen identity key used beside the site', 'both programs are suspended, people are told'],
  ['A revoked, succeeded or expired key', 'refused at the handshake; a live connection ends within five seconds'],
  ['One nonce used twice: a million frames, snapshots restored, two programs with one key', 'no key seals two frames under one nonce'],
  ['A ciphertext made to open under two keys', 'the second session refuses it'],
  ['TLS stripped, self-signed, expired or for another host; an inspecting proxy', 'only a configured or pinned authority connects; an inspecting proxy with a configured one sees sealed frames'],
  ['A page of another origin, a forged request, a token in the address, a cookie of another place', 'refused; tokens are in no address, log or answer'],
  ['Floods of connections, attachments, long messages, slow headers, other protocols, deep JSON, `__proto__`', 'refused or disconnected; other sites do not notice; the process lives'],
  ['People and sites that ask for what is not theirs, over every route and every message', '401 or 403 for people, the link ends for sites; both are audited'],
  ['kill -9 of an agent while it computes, sends, or waits for the acknowledgement', 'it goes on; the contribution counts once'],
  ['kill -9 of the coordinator at every change of state', 'the restart goes on with the round from the database; the results have the same bytes'],
  ['Partitions: one site, most sites, the coordinator, one direction only, flapping', 'the run waits or follows the quorum of its plan; nothing counts twice; all come back'],
  ['Packets late, repeated, corrupted, held up as by loss', 'the result has the bytes of the undisturbed run'],
  ['A straggler beyond the deadline, then its late result', 'the run pauses or goes on as its plan says; the late contribution is refused with the reason (E338), and is in no sum'],
  ['Clocks wrong by minutes or days, clocks that jump back', 'refused beyond five minutes, with one sentence at both ends; audit and ledger keep their order'],
  ['A full or read-only disk, a torn or altered outbox, ledger or database folder', 'the agent stops, says what to do and sends nothing (E319), and goes on when there is room again; a run waits at the coordinator (E219); a broken chain is named at its record'],
  ['A proxy that drops silent connections, answers 407 or 502, or blocks WebSockets', 'heartbeats keep the connection; polling is the way round; retries back off, each with its own part of chance'],
  ['An agent of an older or newer release', 'works where the protocol is supported, else is refused with which one to update'],
  ['A coordinator that asks what the approved plan does not', 'the agent refuses each question, and the steward sees it on the ledger'],
  ['Two answers whose difference is a few patients', 'refused, over all plans of a site'],
  ['A model made so that its gradient is one row', 'refused by the rule of dominance and by ranges'],
  ['Outcomes read from released curves and tables', 'nobody is recovered under standard'],
  ['The coordinator and all sites but a few together', 'learn no term of two honest sites; a sum over one is refused'],
  ['A site that drops out of a masked sum', 'the sum is that of the survivors, or fails whole; no term is unmasked'],
  ['Poisoned contributions: turned, scaled, not finite, of another shape', 'refused, or shown to people before a model is used'],
  ['A site that computes nothing', 'its copied or empty answers are shown'],
  ['One hospital under two names', 'people admit sites; equal statistics are shown'],
  ['Images and files made to harm', 'refused with a sentence, in bounded time and memory, with nothing of the patient in it: 30 seconds to be read and a second more for every 4 MiB, and a time for the whole case that the site sets'],
  ['Names, identifiers and dates planted in data, DICOM tags, paths and file names', 'none is on the line, in a database, a log, an export, an error or what a crash leaves; programs and containers let a killed process leave no dump'],
];

const more: readonly Row[] = [
  ['A changed entry of the audit record or the ledger', 'verification names the entry'],
  ['A package, an image or the file of a release exchanged for another on its way', 'the lock names every package with its digest, and npm refuses other bytes; images install from the lock without running package scripts; the file of a release is refused with any byte altered, under another key or as another version'],
  ['A copy of the coordinator’s database', 'holds no site’s term of a sum, and passwords and tokens only as hashes'],
  ['Accounts guessed by the time or the words of an answer', 'one sentence and one amount of work for a wrong name and a wrong password; ten attempts a minute'],
  ['An old backup restored, of a site or of the centre', 'brings no key back that was succeeded; a site answers a question again only with the same bytes'],
  ['A patient who withdraws consent', 'is in no later sum. Where fewer than the minimum difference withdrew, the site refuses until more changed: the difference would be those patients. The site knows which runs trained on the patient and tells the centre these, and a range of how many withdrew; their models are given out only on purpose'],
];

/** The forty, and six more. */
export const faults: readonly Fault[] = [...forty, ...more].map(([attack, outcome], i) => ({ number: i + 1, attack, outcome }));
