import { describe, expect, it } from 'vitest';
import { openBreaker } from './breaker.ts';
import { openRetryBudget } from './retry-budget.ts';

const opened = () => {
  let now = 0;
  const breaker = openBreaker('the network service of new', {
    now: () => new Date(now),
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  });
  const lose = (times: number): void => {
    for (let count = 0; count < times; count += 1) {
      breaker.admit();
      breaker.lost();
    }
  };
  return { breaker, lose, pass: (seconds: number) => (now += seconds * 1000) };
};

const refused = expect.objectContaining({ code: 'unreachable', disposition: 'retry' });

describe('a service that does not answer', () => {
  it('is left alone after ten losses in a row, and asked by one after a while', () => {
    const { breaker, lose, pass } = opened();
    lose(10);
    expect(breaker.admit).toThrow(refused);
    pass(1);
    breaker.admit();
    expect(breaker.admit).toThrow(refused);
    breaker.answered();
    breaker.admit();
    lose(9);
    breaker.admit();
  });

  it('is left alone for longer each time, and a call that is called off proves nothing', () => {
    const { breaker, lose, pass } = opened();
    lose(10);
    pass(1);
    breaker.admit();
    breaker.calledOff();
    breaker.admit();
    breaker.lost();
    pass(1);
    expect(breaker.admit).toThrow(expect.objectContaining({ retryAfter: 1 }));
    pass(1);
    breaker.admit();
  });
});

describe('the budget of repetitions', () => {
  it('is one for ten requests, beyond what is there from the beginning', () => {
    const budget = openRetryBudget();
    const spend = (): number => {
      let spent = 0;
      while (budget.spend()) spent += 1;
      return spent;
    };
    expect(spend()).toBe(30);
    for (let count = 0; count < 100; count += 1) budget.asked();
    expect(spend()).toBe(10);
  });
});
