import { after, datapointsOf, FIRST_STANDING } from '../../rehearsal/cloud/iot/detect/datapoints';
import type { Criteria, DetectBehavior, Trace } from '../../rehearsal/cloud/iot/detect/profile';

export type { Happening, Report, Trace } from '../../rehearsal/cloud/iot/detect/profile';

interface ProfileBehavior {
  readonly Name: string;
  readonly Metric: unknown;
  readonly MetricDimension?: { readonly DimensionName: unknown; readonly Operator?: string };
  readonly Criteria: Criteria;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/**
 * What the profiles of a template have to say of a trace: `WINDOW DEVICE BEHAVIOR alarm|cleared`, sorted. It reads the template
 * alone, and judges as the rehearsal's model of Device Defender does, which knows nothing of the engines.
 */
export function violationsOf(template: Template, trace: Trace): string[] {
  const devices = [...new Set(trace.flat().map(({ device }) => device))];
  return behaviorsOf(template)
    .flatMap((behavior) => devices.flatMap((device) => transitions(behavior, device, trace)))
    .sort();
}

function transitions(behavior: DetectBehavior, device: string, trace: Trace): string[] {
  const said: string[] = [];
  let standing = FIRST_STANDING;
  trace.forEach((_, window) => {
    for (const { conforms } of datapointsOf(behavior, device, trace, window)) {
      const { inAlarm } = standing;
      standing = after(behavior, standing, conforms);
      if (standing.inAlarm !== inAlarm)
        said.push(`${window} ${device} ${behavior.name} ${standing.inAlarm ? 'alarm' : 'cleared'}`);
    }
  });
  return said;
}

/** The behaviors of a template's profiles, with the dimensions and custom metrics that they refer to. */
function behaviorsOf({ Resources }: Template): DetectBehavior[] {
  const referred = (value: unknown) => Resources[(value as { Ref: string }).Ref]?.Properties;
  return (
    Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::IoT::SecurityProfile')
      .flatMap(({ Properties }) => (Properties as { Behaviors?: ProfileBehavior[] }).Behaviors ?? [])
      // Nobody outside knows the model of a learned one.
      .filter(({ Criteria }) => !('MlDetectionConfig' in Criteria))
      .map(({ Name, Metric, MetricDimension: scope, Criteria: criteria }) => ({
        name: Name,
        metric: typeof Metric === 'string' ? Metric : (referred(Metric) as { MetricName: string }).MetricName,
        criteria,
        ...(scope !== undefined && {
          topics: {
            filters: (referred(scope.DimensionName) as { StringValues: string[] }).StringValues,
            isIn: scope.Operator !== 'NOT_IN',
          },
        }),
      }))
  );
}
