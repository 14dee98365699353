import { MESSAGE } from '../shared/incident/contract';
import { type AuditPage } from '../shared/incident/parse-message';
import { signalsOfPage } from '../shared/incident/parse-audit';
import type { SecuritySignal } from '../shared/incident/signal';
import type { Deps } from './deps';

/** The signals of one page of findings. Further pages come back as messages of their own, so that no audit outlasts the function. */
export async function readAuditPage(deps: Deps, page: AuditPage): Promise<readonly SecuritySignal[]> {
  const { findings, nextToken } = await deps.audits.findings(page);
  if (nextToken !== undefined)
    await deps.queue.slow(
      JSON.stringify({ schema: MESSAGE.auditPage, taskId: page.taskId, check: page.check, nextToken }),
    );
  const { signals, passedOver } = signalsOfPage(findings);
  deps.log.info('audit page read', { taskId: page.taskId, check: page.check, signals: signals.length, passedOver });
  return signals;
}
