import type { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { FleetPart, ZeroTrustFleet, type ZeroTrustFleetProps } from '../../lib/fleet';
import { Access } from '../../lib/policy';
import { PatchDocument, PatchStep, ReleaseApproval } from '../../lib/remediation';
import { templateOf, testStack } from '../support/app';

const document = PatchDocument.ofSteps([PatchStep.handler('Update', 'update.sh')]);

function fleet(stack: Stack, props: Partial<ZeroTrustFleetProps> = {}): ZeroTrustFleet {
  return new ZeroTrustFleet(stack, 'Pumps', { access: [Access.jobs()], ...props });
}

test('a fleet repairs what it isolates, in its own quarantine group', () => {
  const stack = testStack();
  const pumps = fleet(stack);
  const patches = pumps.repairWith({ document, description: 'CVE-2026-1' }, { windows: 5 });
  const remote = pumps.allowTunnels({ services: ['VNC'] });
  expect(patches.quarantineGroup).toBe(pumps.quarantineGroup);
  const template = templateOf(stack);
  template.resourceCountIs('Custom::IotPatchJob', 1);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { PROOF_RULE: Match.stringLikeRegexp('"windows":5,.*"automaticReleases":0') } },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TUNNEL_SERVICES: '["VNC"]', TUNNEL_MINUTES: '60' } },
  });
  expect(stack.resolve(remote.url)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^PumpsTunnels/), 'ApiEndpoint'] });
});

test('defaults are those of the parts', () => {
  const stack = testStack();
  const pumps = fleet(stack);
  pumps.repairWith({ document }, { approval: ReleaseApproval.automatic() });
  pumps.allowTunnels();
  templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { PROOF_RULE: Match.stringLikeRegexp('"windows":3,.*"automaticReleases":3') } },
  });
});

test('a fleet without a response has nothing to repair, to reach or to grant', () => {
  const pumps = fleet(testStack(), { without: [FleetPart.RESPONSE] });
  for (const act of [() => pumps.repairWith({ document }), () => pumps.allowTunnels(), () => pumps.grants])
    expect(act).toThrow(expect.objectContaining({ code: 'ResponseLeftOut' }));
});
