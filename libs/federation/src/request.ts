import { ConsiliumError, decodeValue, encodeValue, methodErrors, ValueFormatError, type DecodeOptions, type MemoryFor, type Value } from '@consilium/protocol';
import { z } from 'zod';
import type { RoundRequest } from './federation.js';
import type { Step } from './step.js';
import { viewSpecSchema, type ViewSpec } from './view.js';

const envelopeSchema = z.strictObject({ view: z.unknown(), parameters: z.unknown() });

/** Views that were found whole, by their text: an iterative method names the same few in every round. */
const wholeViews = new Map<string, ViewSpec>();
const VIEWS_KEPT = 256;

function wholeView(content: unknown): ViewSpec | null {
  const text = JSON.stringify(content);
  const known = wholeViews.get(text);
  if (known) return known;
  const { success, data } = viewSpecSchema.safeParse(content);
  if (!success) return null;
  if (wholeViews.size >= VIEWS_KEPT) wholeViews.delete(wholeViews.keys().next().value!);
  wholeViews.set(text, data);
  return data;
}

/** The bytes a site is sent for a step: { view, parameters }, checked against the step first. The same for every site. */
export function encodeRequest<P extends Value>(step: Step<P>, request: RoundRequest<P>, memoryFor?: MemoryFor): Uint8Array<ArrayBuffer> {
  return encodeValue({ view: viewSpecSchema.parse(request.view), parameters: step.parameters.parse(request.parameters) }, memoryFor);
}

/** Only the view of a request, for rules that do not depend on the step; null where the bytes are no request. */
export function requestView(bytes: Uint8Array): ViewSpec | null {
  try {
    const envelope = envelopeSchema.safeParse(decodeValue(bytes, { shareMemory: true, uncheckedBlocks: true }));
    return envelope.success ? wholeView(envelope.data.view) : null;
  } catch (error) {
    if (error instanceof ValueFormatError) return null;
    throw error;
  }
}

/** What encodeRequest wrote. A ConsiliumError names no content. Blocks may be views of the bytes, which nobody writes to. */
export function decodeRequest<P extends Value>(step: Step<P>, bytes: Uint8Array): RoundRequest<P> {
  const envelope = envelopeSchema.safeParse(decode(step, bytes, { shareMemory: true }));
  const view = envelope.success ? wholeView(envelope.data.view) : null;
  if (!envelope.success || !view) throw requestShape(step);
  const parameters = step.parameters.safeParse(envelope.data.parameters);
  if (!parameters.success) throw requestShape(step);
  return { view, parameters: parameters.data };
}

/** A site's contribution from its bytes, checked against the step's schema. */
export function decodeContribution<C extends Value>(step: Step<Value, C>, bytes: Uint8Array, options: DecodeOptions = {}): C {
  const contribution = step.contribution.safeParse(decode(step, bytes, options));
  if (!contribution.success || (step.kind === 'gather' && !isFinite(contribution.data))) throw requestShape(step);
  return contribution.data;
}

/** No number that is not finite crosses a boundary, whatever a site's gate did. Terms of sums are looked at where they are added. */
function isFinite(value: Value | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Float64Array) return value.every(Number.isFinite);
  return typeof value !== 'object' || value === null || Object.values(value).every((item) => isFinite(item as Value));
}

function decode(step: Step, bytes: Uint8Array, options: DecodeOptions = {}): Value {
  try {
    return decodeValue(bytes, options);
  } catch (error) {
    if (error instanceof ValueFormatError) throw requestShape(step);
    throw error;
  }
}

const requestShape = (step: Step) =>
  new ConsiliumError(methodErrors.requestShape, `A message of step ${step.name} (version ${step.version}) does not have the shape this release expects.`);
