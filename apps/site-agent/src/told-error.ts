import type { ConsiliumError } from '@consilium/protocol';

/** A title stands without a full stop in the list of codes; told to people it is a sentence. */
export const sentenceOf = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** What happened and what to do. */
export const toldError = ({ message, definition }: ConsiliumError): string => `${sentenceOf(message)} ${definition.help}`;
