import {
  createAudit,
  createClaims,
  createClients,
  createEvents,
  createIndexing,
  createLogging,
  createSuppressions,
} from './adapters';
import { audit } from './audit';
import { serveCustomResources } from '../shared/custom-resource-adapters';
import { required } from '../shared/environment';
import type { Logger } from '../shared/logger';
import { ADOPT_ACCOUNT_SETTINGS, SETTING_TYPES, type SettingKind, STACK_ENV } from './contract';
import { parseClaimChanged } from './event';
import { events } from './events';
import { type Adopter, createAdopter } from './handler';
import { indexing } from './indexing';
import { logging } from './logging';
import { suppression } from './suppression';

const stack = required(STACK_ENV);
const { iot, ssm } = createClients();
const claims = createClaims(ssm);

function createAdopters(log: Logger): Record<SettingKind, Adopter> {
  const shared = { claims, log, now: Date.now };
  return {
    audit: createAdopter({ ...shared, setting: audit, account: createAudit(iot) }),
    logging: createAdopter({ ...shared, setting: logging, account: createLogging(iot) }),
    indexing: createAdopter({ ...shared, setting: indexing, account: createIndexing(iot) }),
    events: createAdopter({ ...shared, setting: events, account: createEvents(iot) }),
    suppression: createAdopter({ ...shared, setting: suppression, account: createSuppressions(iot) }),
  };
}

let adopters: Record<SettingKind, Adopter>;
const serve = serveCustomResources(ADOPT_ACCOUNT_SETTINGS, (log) => {
  adopters = createAdopters(log);
  return {
    [SETTING_TYPES.audit]: adopters.audit,
    [SETTING_TYPES.logging]: adopters.logging,
    [SETTING_TYPES.indexing]: adopters.indexing,
    [SETTING_TYPES.events]: adopters.events,
    [SETTING_TYPES.suppression]: adopters.suppression,
  };
});

/** Called by CloudFormation, by its own wait queue, and by EventBridge when another stack changed its claim. */
export const handler = async (event: unknown): Promise<unknown> => {
  const changed = parseClaimChanged(event);
  if (changed === undefined) return serve(event);
  return changed.stack === stack ? undefined : adopters[changed.kind].reconcile(stack);
};
