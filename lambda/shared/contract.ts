/**
 * What the custom resource functions and the construct that makes them agree on.
 *
 * The three times are one chain: a request gives up, with a reason, before CloudFormation stops listening, and a message
 * that is older than that is no longer acted on.
 */
export const CUSTOM_RESOURCE = {
  /** Environment variable with the URL of the queue through which a waiting request comes back. */
  waitQueueEnv: 'WAIT_QUEUE_URL',
  /** After this long a waiting request fails. */
  deadlineSeconds: 3_000,
  /** After this long CloudFormation stops listening; at most 3,600. */
  serviceTimeoutSeconds: 3_300,
} as const;
