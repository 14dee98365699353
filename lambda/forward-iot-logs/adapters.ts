import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { deviceOf } from '../evaluate-behaviors/contract';
import type { StreamPort } from './ports';

export function createStream(client: KinesisClient, streamName: string): StreamPort {
  return {
    put: async (records) => {
      const answer = await client.send(
        new PutRecordsCommand({
          StreamName: streamName,
          Records: records.map((record) => ({
            Data: Buffer.from(JSON.stringify(record), 'utf8'),
            PartitionKey: deviceOf(record),
          })),
        }),
      );
      if (!answer.FailedRecordCount) return [];
      // The answer has a result for each record, in their order.
      return records.filter((_record, index) => answer.Records?.[index]?.ErrorCode !== undefined);
    },
  };
}
