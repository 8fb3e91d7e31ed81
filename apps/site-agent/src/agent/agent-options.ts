import type { SiteStep } from '@consilium/federation/site';
import type { createLogger, LoggerOptions } from '@consilium/operations';
import type { ConsiliumError } from '@consilium/protocol';
import type { Clock } from '@consilium/secure-channel';
import type { AgentLimits, ConnectorState } from '@consilium/transport';

export interface StartAgentOptions {
  /** 'any' lets questions pass that the approved plan does not ask: only for tests of methods, which ask more than one plan can. */
  readonly questions?: 'of-the-plan' | 'any';
  /** Where steps are computed: long ones in a thread of their own ('adaptive', the default), or all in the agent's ('inline'). */
  readonly compute?: 'adaptive' | 'inline';
  readonly clock?: Clock;
  /** Of the connection, such as the pauses between attempts. */
  readonly limits?: Partial<AgentLimits>;
  /** Where the log goes; logs/agent.log of the site folder when absent. */
  readonly logTo?: LoggerOptions['destination'];
  readonly onState?: (state: ConnectorState) => void;
  /** Steps in place of the registry's; only where steps are computed inline. */
  readonly findStep?: (name: string, version: number) => SiteStep | undefined;
}

/** The options with what the running agent itself adds. */
export interface AgentRuntime extends StartAgentOptions {
  readonly clock: Clock;
  readonly logger: ReturnType<typeof createLogger>;
  /** The disk failed: the agent is to end. */
  readonly onTrouble: (error: ConsiliumError) => void;
}
