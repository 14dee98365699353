/** Environment of the operators' entry. */
export const ENV = {
  table: 'INCIDENT_TABLE',
  /** Of the responder's own messages, where no source of signals may send. */
  taskQueue: 'TASK_QUEUE_URL',
  releaseQueue: 'RELEASE_QUEUE_URL',
} as const;

/** What an operator can do, each a route that is authorized by itself. */
export const ROUTES = {
  list: 'GET /held',
  read: 'GET /incident',
  report: 'POST /report',
  isolate: 'POST /isolate',
  hold: 'POST /hold',
  release: 'POST /release',
  retire: 'POST /retire',
} as const;
export type Verb = keyof typeof ROUTES;
