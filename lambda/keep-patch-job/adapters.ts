import {
  type AbortConfig,
  CancelJobCommand,
  CreateJobCommand,
  DescribeJobCommand,
  IoTClient,
  type JobExecutionsRetryConfig,
  type JobExecutionsRolloutConfig,
} from '@aws-sdk/client-iot';
import { sdkConfig } from '../shared/sdk';
import { isAlive, REPLACED, type Run } from './decide';
import type { JobPort } from './ports';

/** The port over the AWS IoT API. */
export function createJobs(client = new IoTClient(sdkConfig())): JobPort {
  const find = async (jobId: string): Promise<Run | undefined> => {
    try {
      const { job } = await client.send(new DescribeJobCommand({ jobId }));
      return job?.status === undefined ? undefined : { status: job.status, reason: job.reasonCode };
    } catch (error) {
      if (nameOf(error) === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  };
  return {
    find,
    create: async (jobId, { groupArn, settings }) => {
      const { jobExecutionsRolloutConfig, abortConfig, jobExecutionsRetryConfig, destinationPackageVersions } =
        settings;
      try {
        await client.send(
          new CreateJobCommand({
            ...settings,
            jobId,
            targets: [groupArn],
            targetSelection: 'CONTINUOUS',
            jobExecutionsRolloutConfig: jobExecutionsRolloutConfig as JobExecutionsRolloutConfig,
            abortConfig: abortConfig as AbortConfig,
            jobExecutionsRetryConfig: jobExecutionsRetryConfig as JobExecutionsRetryConfig,
            destinationPackageVersions: destinationPackageVersions && [...destinationPackageVersions],
          }),
        );
        return 'created';
      } catch (error) {
        if (nameOf(error) === 'ResourceAlreadyExistsException') return 'taken';
        if (nameOf(error) === 'InvalidRequestException') return { refused: (error as Error).message };
        throw error;
      }
    },
    cancel: async (jobId) => {
      try {
        await client.send(
          new CancelJobCommand({ jobId, reasonCode: REPLACED, comment: 'Replaced or removed by its patch channel' }),
        );
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFoundException') return;
        // What the API says of a job that ended meanwhile is not documented; whether it still runs is.
        if (nameOf(error) !== 'InvalidRequestException') throw error;
        if (isAlive(await find(jobId))) throw error;
      }
    },
  };
}

function nameOf(error: unknown): string {
  return (error as { name?: string }).name ?? '';
}
