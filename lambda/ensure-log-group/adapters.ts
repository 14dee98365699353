import { type CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogGroupPort } from './ports';

export function createLogGroups(client: CloudWatchLogsClient): LogGroupPort {
  return {
    ensure: async (logGroupName) => {
      try {
        await client.send(new CreateLogGroupCommand({ logGroupName }));
        return 'created';
      } catch (error) {
        if ((error as { name?: string }).name === 'ResourceAlreadyExistsException') return 'existed';
        throw error;
      }
    },
  };
}
