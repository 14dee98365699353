import type { CustomResourceRequest, ResourceHandler } from '../shared/custom-resource';
import type { LogGroupProperties } from './contract';
import type { LogGroupPort } from './ports';

/**
 * AWS IoT makes its log group with the first line that it logs, and a subscription must have one to be made on. Whoever makes
 * it, it belongs to the account: it is never deleted here, since it holds what AWS IoT logs for all.
 */
export function createLogGroupResource(groups: LogGroupPort): ResourceHandler {
  const ensure = async (request: CustomResourceRequest) => {
    const outcome = await groups.ensure(nameOf(request));
    return { kind: 'done', data: { Outcome: outcome } } as const;
  };
  return {
    physicalResourceId: (request) => `log-group/${nameOf(request)}`,
    create: ensure,
    update: ensure,
    delete: () => Promise.resolve({ kind: 'done' }),
  };
}

function nameOf({ ResourceProperties }: CustomResourceRequest): LogGroupProperties['LogGroupName'] {
  const { LogGroupName: name } = ResourceProperties;
  if (typeof name === 'string' && /^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) return name;
  throw new Error('property LogGroupName must be the name of a log group');
}
