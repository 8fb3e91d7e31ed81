import type { createLogger } from '@consilium/operations';

export const SITE = Symbol('SITE');
export const AGENT_OPTIONS = Symbol('AGENT_OPTIONS');
export const SITE_RECORDS = Symbol('SITE_RECORDS');
export const STEP_EXECUTOR = Symbol('STEP_EXECUTOR');
export const LOGGER = Symbol('LOGGER');

export type AgentLogger = ReturnType<typeof createLogger>;
