import { agentErrors, ConsiliumError, dataErrors } from '@consilium/protocol';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Response } from 'express';
import type { AgentRuntime } from '../agent/agent-options.js';

const statusOf = new Map<string, number>([
  [agentErrors.consoleSignedOut.code, 401],
  [agentErrors.consoleForeignPage.code, 403],
  [agentErrors.consoleWrongPassword.code, 403],
  [agentErrors.consoleAttempts.code, 429],
  [agentErrors.consoleNotFound.code, 404],
  [agentErrors.planUnknown.code, 404],
  [agentErrors.planUnfit.code, 409],
  [agentErrors.participantsChanged.code, 409],
  [agentErrors.settingsMistaken.code, 400],
  [dataErrors.imagesUnusable.code, 409],
]);

/** Every failure as { code, sentence, help }. What is not foreseen stays in the local log; requests are never logged. */
@Catch()
export class ConsoleAnswersFilter implements ExceptionFilter {
  constructor(private readonly logger: AgentRuntime['logger']) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return void response.end();
    const failure = error instanceof ThrottlerException ? new ConsiliumError(agentErrors.consoleAttempts, 'Too many attempts came within a minute. You are not signed in.') : error;
    if (failure instanceof ConsiliumError) {
      const { code, help } = failure.definition;
      response.status(statusOf.get(code) ?? 500).json({ code, sentence: failure.message, help });
    } else if (failure instanceof HttpException) {
      const answer = failure.getResponse();
      const problems = typeof answer === 'object' && 'message' in answer && Array.isArray(answer.message) ? (answer.message as string[]) : undefined;
      response.status(failure.getStatus()).json({ sentence: failure.getStatus() === 400 ? 'The request does not fit. Nothing was changed.' : failure.message, ...(problems ? { problems } : {}) });
    } else {
      this.logger.error({ err: failure, code: agentErrors.programFault.code }, 'The console met a fault.');
      response.status(500).json({ code: agentErrors.programFault.code, sentence: 'The console met a fault; the local log says why. Nothing is known to have changed.', help: agentErrors.programFault.help });
    }
  }
}
