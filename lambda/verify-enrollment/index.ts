import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { createAllowList, createRegistry } from './adapters';
import { ANSWER_WITHIN_MS, ENV, METRIC } from './contract';
import { createHandler } from './handler';

const templateName = required(ENV.template);

export const handler = createHandler({
  allowList: createAllowList(required(ENV.table)),
  registry: createRegistry(),
  rules: { oneTimeUse: required(ENV.oneTimeUse) !== 'false', fleetGroup: required(ENV.fleetGroup) },
  // Absent when there is no prefix: Lambda refuses empty values.
  expected: { templateName, thingNamePrefix: process.env[ENV.thingNamePrefix] ?? '' },
  now: Date.now,
  log: createLogger({
    service: METRIC.service,
    namespace: METRIC.namespace,
    dimensions: { [METRIC.templateDimension]: templateName },
  }),
  answerWithinMs: ANSWER_WITHIN_MS,
});
