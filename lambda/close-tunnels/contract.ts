/** Environment of the function that closes tunnels. */
export const ENV = {
  /** Of what is to be closed; it sends to itself, too. */
  queue: 'TUNNEL_QUEUE_URL',
  deadLetterQueue: 'DEAD_LETTER_QUEUE_URL',
  /** JSON of calls per second, by name, for one process. */
  rates: 'CALL_RATES',
  quarantineGroup: 'QUARANTINE_GROUP',
} as const;

/** Name of the metrics' service dimension. */
export const SERVICE = 'close-tunnels';

export const METRIC = { closed: 'TunnelsClosed' } as const;

/** Of the function's messages to itself. */
export const CLOSING = 'zero-trust-iot/close-tunnels@1';
