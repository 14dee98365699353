import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { BlastRadius, FleetPart, Playbook, SignalSource, type ZeroTrustFleetProps } from '../lib';
import type { ResponseEntry } from './fleet-file';

const SOURCES = { 'security-hub': () => SignalSource.securityHub(), 'guard-duty': () => SignalSource.guardDuty() };

/** The response of fleet.json as properties of the fleet. */
export function toResponse(stack: Stack, entry: ResponseEntry = {}): Partial<ZeroTrustFleetProps> {
  const { mode, blastRadius, protectedGroups = [], isolationHours, evidenceLockDays, sources } = entry;
  if (mode === 'off') return { without: [FleetPart.RESPONSE] };
  return {
    response: Playbook.standard({
      dryRun: mode === 'dry-run',
      blastRadius: blastRadius && toBlastRadius(blastRadius),
      isolationTimeToLive: isolationHours === undefined ? undefined : Duration.hours(isolationHours),
      protectedGroups: protectedGroups.map((name, index) =>
        CfnThingGroup.fromThingGroupName(stack, `Protected${index + 1}`, name),
      ),
    }),
    evidenceLock: evidenceLockDays === undefined ? undefined : Duration.days(evidenceLockDays),
    signalSources: sources?.map((name) => SOURCES[name]()),
  };
}

function toBlastRadius({ devices, percent, minutes }: NonNullable<ResponseEntry['blastRadius']>): BlastRadius {
  const window = Duration.minutes(minutes);
  return percent === undefined
    ? BlastRadius.devices(devices, window)
    : BlastRadius.percent(percent, window, { minimum: devices });
}
