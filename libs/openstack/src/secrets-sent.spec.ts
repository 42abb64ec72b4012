import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';
import { secretsSent } from './secrets-sent.ts';

const quoted = (request: Parameters<typeof secretsSent>[0], text: string): string => redact(text, secretsSent(request));

describe('what a refusal quotes of a request', () => {
  const secret = 'can"ary/+1234';

  it.each(['payload', 'password', 'passphrase', 'user_data', 'blob', 'application_credential_secret', 'access_key'])(
    'is shown without what stands under %s, however it is written',
    (name) => {
      const request = { headers: {}, body: JSON.stringify({ thing: { name: 'mine', [name]: secret } }) };
      const base64 = Buffer.from(secret).toString('base64');
      const once = JSON.stringify(secret).slice(1, -1);
      const twice = JSON.stringify(once).slice(1, -1);
      const shown = quoted(request, `mine: ${secret}, "${once}", "${twice}", ${base64}`);
      expect(shown).toBe('mine: ***, "***", "***", ***');
    },
  );

  it('is shown without what a base64 text stands for', () => {
    const user_data = Buffer.from('#cloud-config\npassword: hunter2\n').toString('base64');
    const request = { headers: {}, body: JSON.stringify({ server: { user_data } }) };
    expect(quoted(request, 'cannot parse: #cloud-config\npassword: hunter2\n!')).not.toContain('hunter2');
  });

  it('is shown without headers that are secret', () => {
    const request = { headers: { 'X-Container-Meta-Temp-URL-Key-2': secret, 'X-Auth-Token': 'tok-12345' } };
    expect(quoted(request, `temp url key ${secret}, token tok-12345`)).toBe('temp url key ***, token ***');
  });

  it('is shown without a payload, which is the whole of a body that is no JSON', () => {
    expect(quoted({ headers: {}, body: secret }, `not text: ${secret}.`)).toBe('not text: ***.');
    const bytes = Buffer.from(secret);
    expect(quoted({ headers: {}, body: bytes }, `not binary: ${bytes.toString('base64')}.`)).toBe('not binary: ***.');
  });

  it('is shown with everything else, references to secrets among it', () => {
    const ref = 'http://keys.example/v1/secrets/1';
    const request = { headers: { Accept: 'text/plain' }, body: JSON.stringify({ secret_ref: ref, name: 'front' }) };
    expect(quoted(request, `no such secret: ${ref} of front, text/plain`)).toBe(
      `no such secret: ${ref} of front, text/plain`,
    );
  });
});
