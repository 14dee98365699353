import type { ResponseEntry } from '../../bin/fleet-file';
import { toResponse } from '../../bin/to-response';
import { FleetPart } from '../../lib';
import { testStack } from '../support/app';

const playbookOf = (entry?: ResponseEntry) => toResponse(testStack(), entry).response?._render();

test('without a word it is the standard, and it acts', () => {
  const made = toResponse(testStack());
  expect(made.response?._render()).toMatchObject({ dryRun: false, blastRadius: { devices: 50, seconds: 600 } });
  expect(made).toMatchObject({ evidenceLock: undefined, signalSources: undefined });
});

test('off leaves it out', () => {
  expect(toResponse(testStack(), { mode: 'off' })).toEqual({ without: [FleetPart.RESPONSE] });
});

test('an end of isolation', () => expect(playbookOf({ isolationHours: 24 })?.isolationSeconds).toBe(86_400));

test('dry run', () => expect(playbookOf({ mode: 'dry-run' })?.dryRun).toBe(true));

test.each<[NonNullable<ResponseEntry['blastRadius']>, object]>([
  [
    { devices: 5, minutes: 10 },
    { devices: 5, seconds: 600 },
  ],
  [
    { devices: 5, percent: 2.5, minutes: 60 },
    { devices: 5, percent: 2.5, seconds: 3_600 },
  ],
])('the blast radius %j', (blastRadius, expected) => {
  expect(playbookOf({ blastRadius })?.blastRadius).toEqual(expected);
});

test('groups, sources and the lock of evidence', () => {
  const made = toResponse(testStack(), {
    protectedGroups: ['life-support', 'gateways'],
    sources: ['security-hub', 'guard-duty'],
    evidenceLockDays: 30,
  });
  expect(made.response?._render().protectedGroups).toEqual(['life-support', 'gateways']);
  expect(made.signalSources?.map(({ _binding }) => _binding.kind)).toEqual(['securityHub', 'guardDuty']);
  expect(made.evidenceLock?.toDays()).toBe(30);
});
