import { agentErrors } from './agent.js';
import { channelErrors } from './channel.js';
import { coordinatorErrors } from './coordinator.js';
import { dataErrors } from './data.js';
import type { ErrorCode } from './error-code.js';
import { infrastructureErrors } from './infrastructure.js';
import { methodErrors } from './method.js';
import { planErrors } from './plan.js';

export { defineErrorCodes, type ErrorCode, type Retry } from './error-code.js';
export { agentErrors, channelErrors, coordinatorErrors, dataErrors, infrastructureErrors, methodErrors, planErrors };

/** Every code of every application, in order. */
const rooms: readonly Readonly<Record<string, ErrorCode>>[] = [channelErrors, coordinatorErrors, agentErrors, planErrors, dataErrors, methodErrors, infrastructureErrors];
export const errorCodes: readonly ErrorCode[] = rooms.flatMap((room) => Object.values(room));
