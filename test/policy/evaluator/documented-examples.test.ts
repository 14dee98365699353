import { certificatePolicy, decide, documentOf, evaluatorOf } from '../../support/policy-builders';
import { AttachedPolicy } from '../../../lib/policy/evaluator';
import { addressOf, DOCUMENTED_EXAMPLES, type DocumentedExample } from '../../support/policy-examples';

/** Every worked example of the AWS documentation that could be found: its policy rebuilt, its words as the oracle. */
const cases = DOCUMENTED_EXAMPLES.map((example) => [`${addressOf(example.page)}: ${example.about}`, example] as const);

test('there are dozens of examples, from many pages', () => {
  expect(DOCUMENTED_EXAMPLES.length).toBeGreaterThanOrEqual(70);
  expect(new Set(DOCUMENTED_EXAMPLES.map((example) => example.page)).size).toBeGreaterThanOrEqual(20);
});

test.each(cases)('%s', (_name, example: DocumentedExample) => {
  const evaluator = certificatePolicy(...example.statements);
  for (const [context, request] of example.allowed) {
    expect(String(decide(evaluator, context, request))).toMatch(/^allowed by /);
  }
  for (const [context, request] of example.denied) {
    expect(String(decide(evaluator, context, request))).toMatch(/^(implicitly|explicitly) denied/);
  }
});

test.each(cases)('as JSON text, in a policy for each statement: %s', (_name, example: DocumentedExample) => {
  const texts = example.statements.map((statement) => JSON.stringify(documentOf(statement)));
  const evaluator = evaluatorOf(...texts.map((text) => AttachedPolicy.onCertificate(text)));
  for (const [context, request] of example.allowed) expect(decide(evaluator, context, request).allowed).toBe(true);
  for (const [context, request] of example.denied) expect(decide(evaluator, context, request).allowed).toBe(false);
});
