import { defineErrorCodes } from './error-code.js';

/** Codes 200-299, studies, runs, rounds, artefacts. */
export const coordinatorErrors = defineErrorCodes({
  notFound: { code: 'E200', title: 'Nothing of this name is here', retry: 'permanent', help: 'List what is there, and use one of its names.' },
  stateForbids: { code: 'E201', title: 'The state does not allow this', retry: 'permanent', help: 'Look at the state first. A run that has ended is launched anew with run restart.' },
  notApproved: { code: 'E202', title: 'Not every site has approved the plan', retry: 'transient', help: 'Ask the stewards of the named sites to approve the plan, then launch or resume.' },
  belowQuorum: { code: 'E203', title: 'Too few sites would remain', retry: 'permanent', help: 'Wait for the site with run resume, or cancel the run. The plan fixes the quorum.' },
  versionPinned: { code: 'E204', title: 'The run was started by another version', retry: 'permanent', help: 'Start the release that began the run and resume, or use run restart.' },
  replayDiffers: { code: 'E205', title: 'The run asked another question when it was executed again', retry: 'permanent', help: 'Report this with the run record. The closed rounds are safe; use run restart.' },
  artefactMissing: { code: 'E206', title: 'A recorded file is absent or altered', retry: 'permanent', help: 'Restore the artefacts folder from the backup, then resume the run.' },
  contributionMisfits: { code: 'E207', title: 'A site sent a contribution that does not fit its step', retry: 'permanent', help: 'Compare the versions of agent and coordinator. Update the agent, then resume the run.' },
  inviteRefused: { code: 'E208', title: 'The invite cannot be used', retry: 'permanent', help: 'Ask the coordinating centre for a new invite.' },
  notAllowed: { code: 'E209', title: 'Your role does not allow this', retry: 'permanent', help: 'Ask an administrator of the coordinating centre.' },
  notSignedIn: { code: 'E210', title: 'No valid token came with the request', retry: 'permanent', help: 'Sign in again with consilium centre login.' },
  nameTaken: { code: 'E211', title: 'The name is taken', retry: 'permanent', help: 'Choose another name.' },
  deadlinePassed: { code: 'E212', title: 'The deadline passed before every site answered', retry: 'transient', help: 'Resume to wait on, or resume without the named sites.' },
  siteLeft: { code: 'E213', title: 'The site left the run', retry: 'permanent', help: 'Its earlier contributions stand. Figures of this site from this stage on are suppressed.' },
  planMistaken: { code: 'E214', title: 'The plan has mistakes', retry: 'permanent', help: 'Correct the named lines and upload the plan again.' },
  weakKey: { code: 'E215', title: 'The public key is weak or malformed', retry: 'permanent', help: 'Make a new identity with consilium site init and enrol again.' },
  runFailed: { code: 'E216', title: 'The run met a fault in the program', retry: 'permanent', help: 'Report this with the run record. Contributions and closed rounds are safe.' },
  tooManyAttempts: { code: 'E217', title: 'Too many attempts to sign in', retry: 'transient', help: 'Wait a minute, then try again.' },
  storageTrouble: { code: 'E219', title: 'The coordinator cannot write its folder', retry: 'transient', help: 'Free disk space or correct the permissions of the data folder, then resume the run.' },
  signsUnseen: { code: 'E231', title: 'Contributions to the run show signs that nobody has looked at', retry: 'permanent', help: 'Look at them with consilium run signs, ask the sites, and fetch the model with --signs-seen when they are explained.' },
  withdrawalsUnseen: { code: 'E232', title: 'The run trained on patients who withdrew their consent since', retry: 'permanent', help: 'Look with consilium run lineage, and launch the plan anew. Where the model has to be fetched all the same, say --withdrawals-seen.' },
  successionRefused: { code: 'E230', title: 'A succession of keys cannot be taken', retry: 'permanent', help: 'Look at the keys with consilium centre keys. A key that may be stolen is revoked, and the site enrols anew.' },
  signatureRefused: { code: 'E218', title: 'A signature does not verify', retry: 'permanent', help: 'Check that the agent still holds the key it enrolled with.' },
});
