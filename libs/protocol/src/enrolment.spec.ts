import { describe, expect, it } from 'vitest';
import { encodeInvite, parseInvite } from './enrolment.js';

describe('an invite', () => {
  const invite = { url: 'https://centre.example:8443', site: 'Site A', code: 'x'.repeat(32), ca: 'a'.repeat(64), key: 'b'.repeat(64) };

  it('is one word of letters, digits, hyphen and underscore', () => {
    expect(encodeInvite(invite)).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('says the same after the journey, with spaces around it', () => {
    expect(parseInvite(` ${encodeInvite(invite)}\n`)).toEqual(invite);
  });

  it.each(['', 'not an invite', encodeInvite(invite).slice(0, 40), btoa('{"url":"https://x"}')])('is not %j', (text) => {
    expect(parseInvite(text)).toBeNull();
  });
});
