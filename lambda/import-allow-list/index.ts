import { serveCustomResources } from '../shared/custom-resource-adapters';
import { createFile, createTable } from './adapters';
import { RESOURCE_TYPE } from './contract';
import { createAllowListResource } from './handler';

interface Context {
  getRemainingTimeInMillis(): number;
}

let context: Context | undefined;

const serve = serveCustomResources('import-allow-list', (log) => ({
  [RESOURCE_TYPE]: createAllowListResource({
    file: createFile(),
    table: createTable(),
    remaining: () => context?.getRemainingTimeInMillis() ?? 0,
    log,
  }),
}));

/** One environment handles one event at a time, so the context of the last one is that of this one. */
export const handler = (event: unknown, invocation: Context): ReturnType<typeof serve> => {
  context = invocation;
  return serve(event);
};
