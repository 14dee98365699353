import { AwsFault } from './fault';
import { arnOf, type Operation, type Place, textOf } from './operation';
import { speaking, TargetJson, type WireService } from './wire';

/** CloudWatch Logs, as far as a handler makes a log group. What functions log is kept elsewhere. */
export function logsService(place: Place): WireService {
  const groups = new Set<string>();
  const create: Operation = {
    name: 'logs:CreateLogGroup',
    needs: (input) => [
      {
        action: 'logs:CreateLogGroup',
        // The service words the resource as that of a stream without a name.
        resource: arnOf(place, 'logs', `log-group:${textOf(input, 'logGroupName') ?? ''}:log-stream:`),
      },
    ],
    act: (input) => {
      const name = textOf(input, 'logGroupName') ?? '';
      if (groups.has(name))
        throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
      groups.add(name);
      return {};
    },
  };
  const wire = new TargetJson('Logs_20140328', '1.1', [create], 'com.amazonaws.logs');
  return {
    name: 'logs',
    signingNames: ['logs'],
    denied: ['AccessDeniedException', 400],
    ...speaking(wire),
    operations: [create],
  };
}
