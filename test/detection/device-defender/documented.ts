/**
 * What the service says of a security profile, written from its API reference and not from this library, so that both must agree.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_Behavior.html
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_BehaviorCriteria.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 */
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const NUMBERS = ['less-than', 'less-than-equals', 'greater-than', 'greater-than-equals'];
const DURATIONS = [300, 600, 900, 1800, 3600];
const STATISTICS = ['p0', 'p0.1', 'p0.01', 'p1', 'p10', 'p50', 'p90', 'p99', 'p99.9', 'p99.99', 'p100'];
const COUNTED = [
  'num-messages-sent', 'num-messages-received', 'num-authorization-failures', 'num-connection-attempts', 'num-disconnects',
  'all-bytes-out', 'all-bytes-in', 'all-packets-out', 'all-packets-in', 'num-listening-tcp-ports', 'num-listening-udp-ports',
].map((name) => `aws:${name}`); // prettier-ignore
const MEASURED = ['aws:message-byte-size', 'aws:num-established-tcp-connections'];
const ADDRESSES = ['aws:source-ip-address', 'aws:destination-ip-addresses'];
const PORTS = ['aws:listening-tcp-ports', 'aws:listening-udp-ports'];
const DIMENSIONED = [
  'aws:num-messages-sent',
  'aws:num-messages-received',
  'aws:message-byte-size',
  'aws:num-authorization-failures',
  'aws:source-ip-address',
];

export interface RenderedBehavior {
  readonly Name: string;
  readonly Metric: string;
  readonly MetricDimension?: { readonly DimensionName: unknown; readonly Operator: string };
  readonly Criteria: {
    readonly ComparisonOperator?: string;
    readonly Value?: Record<string, unknown>;
    readonly DurationSeconds?: number;
    readonly StatisticalThreshold?: { readonly Statistic: string };
    readonly MlDetectionConfig?: { readonly ConfidenceLevel: string };
    readonly ConsecutiveDatapointsToAlarm: number;
    readonly ConsecutiveDatapointsToClear: number;
  };
}

/** Why the service would refuse a behavior; a custom metric is known by its type. */
export function refusals(behavior: RenderedBehavior, customTypes: ReadonlyMap<string, string> = new Map()): string[] {
  const { Criteria: criteria, Metric: metric } = behavior;
  const found: string[] = [];
  const check = (right: boolean, what: string): void => void (right || found.push(`${metric}: ${what}`));
  check(NAME.test(behavior.Name), 'name');
  check(
    isFrom1To10(criteria.ConsecutiveDatapointsToAlarm) && isFrom1To10(criteria.ConsecutiveDatapointsToClear),
    'datapoints',
  );
  check(behavior.MetricDimension === undefined || DIMENSIONED.includes(metric), 'dimension');
  const type = customTypes.get(metric);
  const list = ADDRESSES.includes(metric) || PORTS.includes(metric) || (type !== undefined && type !== 'number');
  if (criteria.MlDetectionConfig !== undefined) {
    check(['LOW', 'MEDIUM', 'HIGH'].includes(criteria.MlDetectionConfig.ConfidenceLevel), 'confidence');
    check(!list && metric !== 'aws:disconnect-duration', 'not for ML');
    check(
      criteria.ComparisonOperator === undefined &&
        criteria.Value === undefined &&
        criteria.StatisticalThreshold === undefined &&
        criteria.DurationSeconds === undefined,
      'ML with a rule',
    );
    return found;
  }
  if (criteria.StatisticalThreshold !== undefined) {
    check(STATISTICS.includes(criteria.StatisticalThreshold.Statistic), 'statistic');
    check(!list && metric !== 'aws:disconnect-duration', 'not for percentiles');
    check(criteria.Value === undefined, 'two thresholds');
    check(NUMBERS.includes(criteria.ComparisonOperator ?? ''), 'operator');
    check(DURATIONS.includes(criteria.DurationSeconds ?? 0), 'duration');
    return found;
  }
  const [[kind, value]] = Object.entries(criteria.Value ?? { none: undefined }) as [[string, unknown]];
  check(Object.keys(criteria.Value ?? {}).length === 1, 'one value');
  const counted = COUNTED.includes(metric);
  check(
    counted ? DURATIONS.includes(criteria.DurationSeconds ?? 0) : criteria.DurationSeconds === undefined,
    'duration',
  );
  const operator = criteria.ComparisonOperator ?? '';
  if (counted || MEASURED.includes(metric)) {
    check(kind === 'Count' && isCount(value) && NUMBERS.includes(operator), 'count');
  } else if (metric === 'aws:disconnect-duration') {
    check(kind === 'Count' && isCount(value) && NUMBERS.slice(0, 2).includes(operator), 'minutes');
  } else if (type === 'number') {
    check(kind === 'Number' && Number.isFinite(value) && NUMBERS.includes(operator), 'number');
  } else if (ADDRESSES.includes(metric) || type === 'ip-address-list') {
    check(kind === 'Cidrs' && isSetOf(value, isCidr) && ['in-cidr-set', 'not-in-cidr-set'].includes(operator), 'cidrs');
  } else if (PORTS.includes(metric)) {
    check(kind === 'Ports' && isSetOf(value, isPort) && ['in-port-set', 'not-in-port-set'].includes(operator), 'ports');
  } else if (type === 'number-list') {
    check(
      kind === 'Numbers' && isSetOf(value, Number.isFinite) && ['in-set', 'not-in-set'].includes(operator),
      'numbers',
    );
  } else if (type === 'string-list') {
    check(
      kind === 'Strings' &&
        isSetOf(value, (item) => typeof item === 'string') &&
        ['in-set', 'not-in-set'].includes(operator),
      'strings',
    );
  } else {
    found.push(`${metric}: unknown metric`);
  }
  return found;
}

/** Why the service would refuse a profile. */
export function profileRefusals(
  profile: { SecurityProfileName: string; Behaviors: RenderedBehavior[] },
  customTypes?: ReadonlyMap<string, string>,
): string[] {
  const { Behaviors: behaviors } = profile;
  const learned = behaviors.filter(({ Criteria }) => Criteria.MlDetectionConfig !== undefined).length;
  const values = behaviors.flatMap(({ Criteria }) => Object.values(Criteria.Value ?? {}).flat());
  return [
    ...behaviors.flatMap((behavior) => refusals(behavior, customTypes)),
    ...(NAME.test(profile.SecurityProfileName) ? [] : ['profile name']),
    ...(behaviors.length <= 100 ? [] : ['behaviors']),
    ...(values.length <= 1000 ? [] : ['values']),
    ...(learned === 0 || learned === behaviors.length ? [] : ['mixed']),
    ...(new Set(behaviors.map(({ Name }) => Name)).size === behaviors.length ? [] : ['names']),
  ];
}

function isFrom1To10(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 10;
}

/** A 64-bit count is a text in CloudFormation. */
function isCount(value: unknown): boolean {
  return typeof value === 'string' && /^(0|[1-9][0-9]{0,18})$/.test(value);
}

function isSetOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(fits) && new Set(value).size === value.length;
}

function isCidr(value: unknown): boolean {
  return typeof value === 'string' && /^[a-fA-F0-9:./]{2,43}$/.test(value) && value.includes('/');
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}
