import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Response } from 'express';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import type { Log } from '../log.js';
import { PlanRefused } from '../plans/plans.service.js';

const statusOf = new Map<string, number>([
  [coordinatorErrors.notFound.code, 404],
  [coordinatorErrors.stateForbids.code, 409],
  [coordinatorErrors.notApproved.code, 409],
  [coordinatorErrors.belowQuorum.code, 409],
  [coordinatorErrors.nameTaken.code, 409],
  [coordinatorErrors.inviteRefused.code, 403],
  [coordinatorErrors.notAllowed.code, 403],
  [coordinatorErrors.signatureRefused.code, 403],
  [coordinatorErrors.notSignedIn.code, 401],
  [coordinatorErrors.weakKey.code, 400],
  [coordinatorErrors.planMistaken.code, 422],
  [coordinatorErrors.tooManyAttempts.code, 429],
]);

/** Every failure as { code, sentence, help }. What is not foreseen stays in the local log. */
@Catch()
export class AnswersFilter implements ExceptionFilter {
  constructor(private readonly logger: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return void response.end();
    const failure =
      error instanceof ThrottlerException
        ? new ConsiliumError(coordinatorErrors.tooManyAttempts, 'Too many requests came within a minute. Nothing was changed.')
        : error;
    if (failure instanceof ConsiliumError) {
      const { code, help } = failure.definition;
      response
        .status(statusOf.get(code) ?? 500)
        .json({ code, sentence: failure.message, help, ...(failure instanceof PlanRefused ? { problems: failure.problems } : {}) });
    } else if (failure instanceof HttpException) {
      const answer = failure.getResponse();
      const problems = typeof answer === 'object' && 'message' in answer && Array.isArray(answer.message) ? (answer.message as string[]) : undefined;
      response
        .status(failure.getStatus())
        .json({ sentence: problems ? 'The request does not fit. Nothing was changed.' : failure.message, ...(problems ? { problems } : {}) });
    } else {
      this.logger.error({ err: failure }, 'a request met a fault');
      response.status(500).json({
        code: coordinatorErrors.runFailed.code,
        sentence: 'The coordinator met a fault; its log says why. Nothing is known to have changed.',
      });
    }
  }
}
