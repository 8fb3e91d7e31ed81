import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { z } from 'zod';

/** Describes a body in the OpenAPI document by the schema that checks it. */
export const Accepts = (schema: z.ZodType): MethodDecorator => {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  return applyDecorators(ApiBody({ schema: described as never }));
};
