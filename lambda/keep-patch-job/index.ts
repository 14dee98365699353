import { serveCustomResources } from '../shared/custom-resource-adapters';
import { createJobs } from './adapters';
import { PATCH_JOB_TYPE } from './contract';
import { createPatchJob } from './handler';

export const handler = serveCustomResources('keep-patch-job', (log) => ({
  [PATCH_JOB_TYPE]: createPatchJob({ jobs: createJobs(), now: Date.now, log }),
}));
