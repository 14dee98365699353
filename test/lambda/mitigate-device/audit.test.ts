import { readAuditPage } from '../../../lambda/mitigate-device/audit';
import type { Deps } from '../../../lambda/mitigate-device/deps';
import { auditFinding } from '../shared/incident/messages';

function read(nextToken?: string) {
  const sent: unknown[] = [];
  const logged: unknown[] = [];
  const deps = {
    audits: {
      findings: (page: object) =>
        Promise.resolve({ findings: [auditFinding(), { ...page }, auditFinding()], nextToken }),
    },
    queue: { slow: (body: string) => Promise.resolve(void sent.push(JSON.parse(body))) },
    log: { info: (_word: string, fields: object) => void logged.push(fields) },
  } as unknown as Deps;
  const page = { taskId: 'task', check: 'DEVICE_CERTIFICATE_SHARED_CHECK' };
  return { sent, logged, signals: readAuditPage(deps, page) };
}

test('the findings of a page are signals, and the next page is a message of its own', async () => {
  const { sent, logged, signals } = read('next');
  expect(await signals).toHaveLength(2);
  expect(sent).toEqual([
    {
      schema: 'zero-trust-iot/audit-page@1',
      taskId: 'task',
      check: 'DEVICE_CERTIFICATE_SHARED_CHECK',
      nextToken: 'next',
    },
  ]);
  expect(logged).toEqual([{ taskId: 'task', check: 'DEVICE_CERTIFICATE_SHARED_CHECK', signals: 2, passedOver: 1 }]);
});

test('after the last page there is none', async () => {
  const { sent, signals } = read();
  await signals;
  expect(sent).toEqual([]);
});
