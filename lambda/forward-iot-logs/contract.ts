/** Environment of the function that brings log lines of AWS IoT to the stream. */
export const ENV = {
  /** Names of the data streams, separated by commas: those of all detectors of the stack. */
  streams: 'STREAM_NAMES',
  /** Name of the first of the detectors, a dimension of the metrics. */
  detector: 'DETECTOR',
} as const;

/** Name of the metrics' service dimension; the other dimension is `Detector`. */
export const SERVICE = 'forward-iot-logs';

/** Counted by the function, in the namespace of all handlers. */
export const METRIC = {
  /** Lines that were put on the stream. */
  forwarded: 'LogLinesForwarded',
  /** Lines that are no entry of AWS IoT about a client: not JSON, or without type, status or client id. */
  skipped: 'LogLinesSkipped',
  /** Deliveries that could not be read at all: they end in the dead-letter queue. Worth an alarm. */
  unreadable: 'LogBatchesUnreadable',
  /** Lines that the stream did not take at once and that were sent again. */
  throttled: 'LogLinesSentAgain',
} as const;
