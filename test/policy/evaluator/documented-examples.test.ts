import { decide, documentOf, REGION, ACCOUNT } from '../../support/policy-builders';
import { AttachedPolicy, PolicyEvaluator } from '../../../lib/policy/evaluator';
import { addressOf, DOCUMENTED_EXAMPLES, type DocumentedExample } from '../../support/policy-examples';
import { referenceDeviceOf, referenceRequestOf } from '../../support/policy-questions';
import { type ReferencePolicy, type ReferenceStatement, referenceVerdict } from '../../support/policy-reference';

/** Every worked example of the AWS documentation that could be found: its policy rebuilt, its words as the oracle. */
const cases = DOCUMENTED_EXAMPLES.map((example) => [`${addressOf(example.page)}: ${example.about}`, example] as const);

function parentsOf({ groups = [] }: DocumentedExample): Record<string, string> {
  return Object.fromEntries(groups.flatMap(({ name, parent }) => (parent === undefined ? [] : [[name, parent]])));
}

function evaluatorFor(example: DocumentedExample, certificate: AttachedPolicy[]): PolicyEvaluator {
  const ofGroups = (example.groups ?? [])
    .filter((group) => group.statements.length > 0)
    .map((group) => AttachedPolicy.onThingGroup(group.name, documentOf(...group.statements)));
  const policies = [...certificate, ...ofGroups];
  return new PolicyEvaluator({ region: REGION, account: ACCOUNT, policies, parentGroups: parentsOf(example) });
}

/** An example that is about groups may have nothing on the certificate. */
function inOnePolicy(example: DocumentedExample): PolicyEvaluator {
  const { statements } = example;
  return evaluatorFor(example, statements.length > 0 ? [AttachedPolicy.onCertificate(documentOf(...statements))] : []);
}

test('there are well over a hundred examples, from many pages of several guides', () => {
  expect(DOCUMENTED_EXAMPLES.length).toBeGreaterThanOrEqual(120);
  expect(new Set(DOCUMENTED_EXAMPLES.map((example) => example.page)).size).toBeGreaterThanOrEqual(50);
});

test('no two examples are the same', () => {
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
});

test.each(cases)('%s', (_name, example: DocumentedExample) => {
  const evaluator = inOnePolicy(example);
  for (const [context, request] of example.allowed) {
    expect(String(decide(evaluator, context, request))).toMatch(/^allowed by /);
  }
  for (const [context, request] of example.denied) {
    expect(String(decide(evaluator, context, request))).toMatch(/^(implicitly|explicitly) denied/);
  }
});

test.each(cases)('as JSON text, in a policy for each statement: %s', (_name, example: DocumentedExample) => {
  const texts = example.statements.map((statement) => JSON.stringify(documentOf(statement)));
  const evaluator = evaluatorFor(
    example,
    texts.map((text) => AttachedPolicy.onCertificate(text)),
  );
  for (const [context, request] of example.allowed) expect(decide(evaluator, context, request).allowed).toBe(true);
  for (const [context, request] of example.denied) expect(decide(evaluator, context, request).allowed).toBe(false);
});

test.each(cases)('the slow reference says the same: %s', (_name, example: DocumentedExample) => {
  const evaluator = inOnePolicy(example);
  const statementsOf = (list: readonly object[]): readonly ReferenceStatement[] => list as ReferenceStatement[];
  const policies: ReferencePolicy[] = [
    { document: { Statement: statementsOf(example.statements) } },
    ...(example.groups ?? []).map((group) => ({
      group: group.name,
      document: { Statement: statementsOf(group.statements) },
    })),
  ];
  for (const [context, request] of [...example.allowed, ...example.denied]) {
    const said = referenceVerdict(
      policies,
      referenceDeviceOf(context),
      referenceRequestOf(request),
      parentsOf(example),
    );
    expect(said).toBe(decide(evaluator, context, request).verdict);
  }
});
