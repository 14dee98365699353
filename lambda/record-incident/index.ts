import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { required } from '../shared/environment';
import { createLogger } from '../shared/logger';
import { sdkConfig } from '../shared/sdk';
import { createAlerts, createEvidence } from './adapters';
import { ENV } from './contract';
import { createHandler } from './handler';

const bucket = required(ENV.bucket);
const topic = process.env[ENV.alertTopic];

export const handler = createHandler({
  evidence: createEvidence(new S3Client(sdkConfig()), bucket),
  alerts: topic === undefined ? undefined : createAlerts(new SNSClient(sdkConfig()), topic),
  places: {
    region: required('AWS_REGION'),
    partition: required(ENV.partition),
    bucket,
    operatorUrl: required(ENV.operatorUrl),
  },
  log: createLogger({ service: 'record-incident' }),
});
