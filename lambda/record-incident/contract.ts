/** Environment of the recorder. */
export const ENV = {
  bucket: 'EVIDENCE_BUCKET',
  /** Absent: nobody is alerted. */
  alertTopic: 'ALERT_TOPIC_ARN',
  partition: 'PARTITION',
  /** Address of the operators' entry, for alerts. */
  operatorUrl: 'OPERATOR_URL',
} as const;

/** What stands in the envelope of the events. */
export const EVENT = {
  source: 'zero-trust-iot',
  detailType: 'Incident State Change',
  schema: 'zero-trust-iot/incident@1',
} as const;
