/** Environment of the operators' entry. */
export const ENV = {
  table: 'INCIDENT_TABLE',
  signalQueue: 'SIGNAL_QUEUE_URL',
  releaseQueue: 'RELEASE_QUEUE_URL',
} as const;

/** What an operator can do, each a route that is authorized by itself. */
export const ROUTES = {
  list: 'GET /held',
  read: 'GET /incident',
  isolate: 'POST /isolate',
  hold: 'POST /hold',
  release: 'POST /release',
  retire: 'POST /retire',
} as const;
export type Verb = keyof typeof ROUTES;
