import { Token } from 'aws-cdk-lib';

/** How many calls per second an account may make in a region. */
export interface Quota {
  readonly perSecond: number;
  /** In the regions whose default is lower. */
  readonly perSecondInSmallRegions?: number;
  /** Whether AWS raises it on request. */
  readonly adjustable: boolean;
}

const adjustable = (perSecond: number, perSecondInSmallRegions?: number): Quota => ({
  perSecond,
  perSecondInSmallRegions,
  adjustable: true,
});

/**
 * Defaults of the calls that handlers of this library make by the thousand.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_defender.html
 */
export const QUOTAS = {
  AddThingToThingGroup: adjustable(100, 60),
  RemoveThingFromThingGroup: adjustable(100, 50),
  ListThingGroupsForThing: adjustable(100, 50),
  DeleteConnection: adjustable(100),
  GetConnection: adjustable(100),
  ListThingPrincipals: adjustable(10),
  ListPrincipalThings: adjustable(10),
  DescribeCertificate: adjustable(10),
  UpdateCertificate: adjustable(10),
  ListAuditFindings: adjustable(10),
  PutVerificationStateOnViolation: { perSecond: 10, adjustable: false },
} as const satisfies Record<string, Quota>;

/** Regions that the quota pages name as smaller. */
const SMALL_REGIONS =
  /^(eu-north-1|eu-west-3|eu-south-2|me-south-1|me-central-1|ap-east-1|ap-southeast-5|us-west-1|ca-central-1|cn-northwest-1|us-gov-.+)$/;

/** The default of a call in a region; where the region is not known at synth, that of most regions. */
export function quotaOf(call: keyof typeof QUOTAS, region: string): number {
  const quota: Quota = QUOTAS[call];
  const small = !Token.isUnresolved(region) && SMALL_REGIONS.test(region);
  return small ? (quota.perSecondInSmallRegions ?? quota.perSecond) : quota.perSecond;
}

/**
 * Calls per second for one of several processes that share the quotas: all of it but a fortieth, so that the processes
 * together stay below the ceiling although their clocks are not one.
 */
export function ratesFor(region: string, processes: number): Record<string, number> {
  const calls = Object.keys(QUOTAS) as (keyof typeof QUOTAS)[];
  return Object.fromEntries(calls.map((call) => [call, (quotaOf(call, region) * 0.975) / processes]));
}
