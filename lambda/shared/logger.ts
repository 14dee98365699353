/** What a log line may hold: scalars only, so that nothing nested (a payload, a key) slips in by accident. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Counts something: a CloudWatch metric in embedded metric format, with the fields beside it. */
  count(metric: string, value: number, fields?: Fields): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly namespace?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}

const LONGEST_FIELD = 512;

/**
 * One JSON object a line. Written to standard output directly: console.log would wrap the line, and CloudWatch reads
 * embedded metrics only from a bare JSON object.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line) => process.stdout.write(line + '\n'));
  const now = options.now ?? Date.now;
  const namespace = options.namespace ?? 'ZeroTrustIot';
  const dimensions = { Service: options.service, ...options.dimensions };

  const names = [Object.keys(dimensions)];

  const line = (level: string, message: string, fields?: Fields, extra?: object) => {
    const fixed = { level, message, timestamp: new Date(now()).toISOString(), service: options.service };
    // Twice: first in the line, and last in the word, so that no field can pass for another level or service.
    const told = fields === undefined ? fixed : { ...fixed, ...scalars(fields), ...fixed };
    write(JSON.stringify(extra === undefined ? told : { ...told, ...extra }));
  };

  return {
    info: (message, fields) => line('INFO', message, fields),
    warn: (message, fields) => line('WARN', message, fields),
    error: (message, fields) => line('ERROR', message, fields),
    count: (metric, value, fields) =>
      line('INFO', metric, fields, {
        ...dimensions,
        [metric]: value,
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [{ Namespace: namespace, Dimensions: names, Metrics: [{ Name: metric, Unit: 'Count' }] }],
        },
      }),
  };
}

/** The types say so too, but a handler's input is whatever came in. */
function scalars(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, scalar(value)]));
}

function scalar(value: unknown): Fields[string] {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  return '(omitted: not a scalar)';
}

function safeText(value: string): string {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(value)) return '(omitted: a private key)';
  return value.length > LONGEST_FIELD ? `${value.slice(0, LONGEST_FIELD)}…` : value;
}

/** An error as log fields: name and message, never the request that failed. */
export function errorFields(error: unknown): Fields {
  if (error instanceof Error) return { errorName: error.name, errorMessage: error.message };
  return { errorName: 'Unknown', errorMessage: typeof error === 'string' ? error : `a thrown ${typeof error}` };
}
