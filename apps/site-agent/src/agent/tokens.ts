export const SITE = Symbol('SITE');
export const AGENT_RUNTIME = Symbol('AGENT_RUNTIME');
export const SITE_RECORDS = Symbol('SITE_RECORDS');
export const STEP_EXECUTOR = Symbol('STEP_EXECUTOR');
