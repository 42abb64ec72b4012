import { describe, expect, it } from 'vitest';
import { answersTouchedBy } from './answers-touched-by.ts';

describe('an event has answers asked again', () => {
  it.each([
    ['PlanApproved', 'registry.plan-summary'],
    ['StepSettled', 'registry.step-page'],
    ['StepSucceeded', 'registry.mapping'],
    ['ScanCompleted', 'registry.clouds'],
    ['ResourceObserved', 'registry.inventory-summary'],
    ['ResourceMigrated', 'registry.sides'],
    ['TwinVerified', 'registry.fidelity-summary'],
    ['ExternalTwinRegistered', 'registry.mapping-page'],
    ['LimitsChanged', 'limits'],
    ['TokenRevoked', 'access.tokens'],
  ] as const)('%s: %s', (type, id) => {
    expect(answersTouchedBy(type)).toContain(id);
  });
});
