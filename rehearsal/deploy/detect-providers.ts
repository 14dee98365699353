import type { SecurityProfile } from '../cloud/iot/detect/detect';
import type { Criteria } from '../cloud/iot/detect/profile';
import { recordOf } from '../cloud/operation';
import type { Cloudlike } from '../cloud/parts';
import { isTrue, type Provider, text, texts } from './provider';

type Json = Readonly<Record<string, unknown>>;

/** What Device Defender Detect watches. */
export const DETECT_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::IoT::SecurityProfile': (request, cloud) => {
    const { properties } = request;
    const name = text(properties, 'SecurityProfileName') ?? request.generatedName();
    const arn = cloud.registry.arn(`securityprofile/${name}`);
    const all = (Array.isArray(properties.Behaviors) ? properties.Behaviors : []) as Json[];
    const [learned, stated] = [all.filter(isLearned), all.filter((behavior) => !isLearned(behavior))];
    const sns = recordOf(recordOf(properties.AlertTargets).SNS);
    const topicArn = text(sns, 'AlertTargetArn');
    cloud.detect.add({
      name,
      arn,
      behaviors: stated.flatMap((behavior) => behaviorOf(behavior, cloud)),
      targets: texts(properties.TargetArns),
      ...(topicArn !== undefined && { alert: { topicArn, roleArn: text(sns, 'RoleArn') ?? '' } }),
    });
    const limits = [
      ...learned.map((behavior) => ({
        subject: `learned behavior ${text(behavior, 'Name') ?? ''}`,
        meaning: 'a model takes two weeks of datapoints, which a rehearsal has not: it raises nothing',
      })),
      ...(properties.MetricsExportConfig === undefined
        ? []
        : [{ subject: 'export of metrics', meaning: 'nothing is published to its topic' }]),
    ];
    return { ref: name, attributes: { SecurityProfileArn: arn }, limits };
  },

  'AWS::IoT::CustomMetric': (request, { registry }) => {
    const name = text(request.properties, 'MetricName') ?? request.generatedName();
    return { ref: name, attributes: { MetricArn: registry.arn(`custommetric/${name}`) } };
  },

  'AWS::IoT::Dimension': (request, { registry, dimensions }) => {
    const name = text(request.properties, 'Name') ?? request.generatedName();
    dimensions.set(name, texts(request.properties.StringValues));
    return { ref: name, attributes: { Arn: registry.arn(`dimension/${name}`) } };
  },
};

function isLearned(behavior: Json): boolean {
  return recordOf(behavior.Criteria).MlDetectionConfig !== undefined;
}

/** A behavior without criteria only retains its metric. */
function behaviorOf(behavior: Json, { dimensions }: Cloudlike): SecurityProfile['behaviors'] {
  const criteria = recordOf(behavior.Criteria);
  const name = text(behavior, 'Name') ?? '';
  if (text(criteria, 'ComparisonOperator') === undefined && criteria.StatisticalThreshold === undefined) return [];
  const scope = recordOf(behavior.MetricDimension);
  const dimension = text(scope, 'DimensionName');
  return [
    {
      name,
      metric: text(behavior, 'Metric') ?? '',
      criteria: criteria as unknown as Criteria,
      suppressed: isTrue(behavior.SuppressAlerts),
      ...(dimension !== undefined && {
        topics: { filters: dimensions.get(dimension) ?? [], isIn: text(scope, 'Operator') !== 'NOT_IN' },
      }),
    },
  ];
}
