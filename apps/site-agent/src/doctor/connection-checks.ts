import { channelErrors, ConsiliumError } from '@consilium/protocol';
import { LARGEST_CLOCK_SKEW_MILLISECONDS, WARNING_CLOCK_SKEW_MILLISECONDS, type Clock } from '@consilium/secure-channel';
import { proxyFor } from '@consilium/transport';
import { lookup } from 'node:dns/promises';
import type { Enrolment } from '../enrolment/enrolment.js';
import { askCentre, proxySettings } from '../enrolment/https-request.js';
import type { AgentSettings } from '../settings/agent-settings.js';
import { sentenceOf } from '../told-error.js';
import { notLookedAt, problem, warning, well, type Finding } from './finding.js';

/** The way to the coordinator: name, proxy, certificates, clock. */
export async function checkConnection({ url, caDigest }: Enrolment, connection: AgentSettings['connection'], clock: Clock): Promise<Finding[]> {
  const { hostname } = new URL(url);
  const proxy = proxyFor(new URL(url), proxySettings(connection));
  const way = proxy === undefined ? 'directly' : 'through the proxy';
  const name = proxy === undefined ? await checkName(hostname) : notLookedAt('name', 'The proxy looks the coordinator up.');
  try {
    const { date } = await askCentre({ url, caDigest }, '/', connection);
    return [name, well('connection', `The coordinator answers, ${way}.`), well('certificate', 'The certificate is signed by a trusted authority.'), checkClock(date, clock)];
  } catch (error) {
    return [name, connectionFinding(error, way), notLookedAt('clock', 'The coordinator did not answer, so the clocks were not compared.')];
  }
}

async function checkName(hostname: string): Promise<Finding> {
  const found = await lookup(hostname.replace(/^\[|\]$/g, '')).then(() => true, () => false);
  return found
    ? well('name', "The coordinator's name can be looked up.")
    : problem('name', "The coordinator's name cannot be looked up.", 'Check the DNS of this machine, or set connection.proxy in agent.json if a proxy does it.');
}

function connectionFinding(error: unknown, way: string): Finding {
  if (!(error instanceof ConsiliumError)) return problem('connection', `The coordinator was not reached, ${way}.`, 'Look at the local log.');
  if (error.definition === channelErrors.certificateRefused) {
    return problem('certificate', sentenceOf(error.message), "Behind an inspecting proxy, set connection.ca in agent.json to the hospital's certificate. Else ask the coordinating centre.");
  }
  if (error.definition === channelErrors.proxyRefused) return problem('proxy', sentenceOf(error.message), 'Set connection.proxy in agent.json to http://user:password@host:port.');
  return problem('connection', sentenceOf(error.message), 'Let this machine reach the coordinator on port 443, outbound. Set connection.proxy in agent.json where a proxy is used.');
}

function checkClock(theirs: number | null, clock: Clock): Finding {
  if (theirs === null) return notLookedAt('clock', 'The coordinator did not tell its time.');
  const skew = Math.abs(clock.now() - theirs);
  const seconds = Math.round(skew / 1000);
  const fix = 'Set the clock of this machine by a time server.';
  if (skew > LARGEST_CLOCK_SKEW_MILLISECONDS) return problem('clock', `The clocks differ by ${seconds} s. Above 300 s the coordinator refuses the connection.`, fix);
  if (skew > WARNING_CLOCK_SKEW_MILLISECONDS) return warning('clock', `The clocks differ by ${seconds} s.`, fix);
  return well('clock', 'The clocks agree.');
}
