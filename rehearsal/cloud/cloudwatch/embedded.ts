import { recordOf } from '../operation';
import type { MetricId } from './metrics';

interface Directive {
  readonly Namespace?: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name?: string }[];
}

/** A number that a line of a log carries. */
export interface EmbeddedValue {
  readonly metric: MetricId;
  readonly value: number;
}

/**
 * The numbers in what a function logged, in the embedded metric format. A line of another form carries none; a metric without
 * a value, or whose dimension has none, is left out, as the service does.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedValues(log: string): EmbeddedValue[] {
  return log.split('\n').flatMap((line) => (line.includes('"CloudWatchMetrics"') ? valuesIn(line) : []));
}

function valuesIn(line: string): EmbeddedValue[] {
  const entry = parsed(line);
  const directives = recordOf(entry._aws).CloudWatchMetrics;
  return (Array.isArray(directives) ? (directives as Directive[]) : []).flatMap((directive) => {
    const { Namespace: namespace = '', Dimensions = [[]], Metrics = [] } = directive;
    return Dimensions.flatMap((names) => {
      const dimensions = dimensionsOf(entry, names);
      if (dimensions === undefined) return [];
      return Metrics.flatMap(({ Name: name = '' }) =>
        [entry[name]]
          .flat()
          .filter((value) => typeof value === 'number')
          .map((value) => ({ metric: { namespace, name, dimensions }, value })),
      );
    });
  });
}

function dimensionsOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const pairs = names.map((name) => [name, entry[name]] as const);
  if (pairs.some(([, value]) => typeof value !== 'string')) return undefined;
  return Object.fromEntries(pairs) as Record<string, string>;
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  // Lambda's own text format puts time, id and level before what was logged.
  const text = line.slice(Math.max(0, line.indexOf('{')));
  try {
    return recordOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
