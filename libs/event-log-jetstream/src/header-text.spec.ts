import { describe, expect, it } from 'vitest';
import { headerText, textOfHeader } from './header-text.ts';

describe('header text', () => {
  it.each(['', 'plain', 'a b', '100 %', '"x"', 'Données ☃ 😀', 'line\r\nNats-Msg-Id: other', ' edge ', '%41'])(
    'survives there and back: %j',
    (text) => {
      expect(headerText(text)).toMatch(/^[\x21-\x7e]*$/);
      expect(textOfHeader(headerText(text))).toBe(text);
    },
  );
});
