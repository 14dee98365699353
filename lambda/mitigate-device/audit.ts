import { MESSAGE } from '../shared/incident/contract';
import { type AuditPage } from '../shared/incident/parse-message';
import { type PageOfAudit, signalsOfPage, signalsOfRelated } from '../shared/incident/parse-audit';
import type { Deps } from './deps';

/**
 * What one page says. Further pages, and the devices of a finding that names none, come back as messages of their own, so that no
 * audit outlasts the function.
 */
export async function readAuditPage(deps: Deps, page: AuditPage): Promise<PageOfAudit> {
  const { taskId, check, finding } = page;
  const { found, nextToken } = await read(deps, page);
  if (nextToken !== undefined) await ask(deps, { taskId, check, finding, nextToken });
  for (const shared of found.shared) await ask(deps, { taskId, check, finding: shared });
  const { signals, shared, passedOver } = found;
  deps.log.info('audit page read', { taskId, check, signals: signals.length, shared: shared.length, passedOver });
  return found;
}

async function read({ audits }: Deps, page: AuditPage): Promise<{ found: PageOfAudit; nextToken?: string }> {
  const { check, finding, nextToken: from } = page;
  if (finding === undefined) {
    const { findings, nextToken } = await audits.findings(page);
    return { found: signalsOfPage(findings), nextToken };
  }
  const { resources, nextToken } = await audits.related(finding.id, from);
  return { found: signalsOfRelated(check, finding, resources), nextToken };
}

async function ask({ queue }: Deps, page: AuditPage): Promise<void> {
  await queue.slow(JSON.stringify({ schema: MESSAGE.auditPage, ...page }));
}
