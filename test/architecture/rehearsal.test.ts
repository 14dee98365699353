import { importsOf, sourcesBelow } from '../support/sources';

const rehearsal = sourcesBelow('rehearsal');
/** The pure parts of the library that a rehearsal shares: the policy language and what can be read in it, the checks of an audit, and how text is made safe to show. */
const PURE =
  /^lib\/(policy\/evaluator\/|internal\/(problems|quote|audit-checks)\.ts|compliance\/(policies\/|model\/value\.ts|report\/printable\.ts))/;
const CLOUD = /^rehearsal\/(assembly|cloud|core|deploy|iam|lambda)\//;
const DEVICES = /^rehearsal\/(broker|devices|scenarios|report)\//;

const wrong = (isWrong: (file: string, module: string, typeOnly: boolean) => boolean): string[] =>
  rehearsal.flatMap((file) =>
    importsOf(file)
      .filter(({ module, typeOnly }) => isWrong(file, module, typeOnly))
      .map(({ module }) => `${file} -> ${module}`),
  );

test('a rehearsal knows templates and bundles, not the sources that made them', () => {
  expect(rehearsal.length).toBeGreaterThan(30);
  expect(wrong((_, module) => /^(lib|lambda|bin)\//.test(module) && !PURE.test(module))).toEqual([]);
  expect(wrong((_, module) => /^(aws-cdk-lib|constructs)/.test(module))).toEqual([]);
});

test('neither half of a rehearsal imports the other', () => {
  expect(wrong((file, module) => CLOUD.test(file) && DEVICES.test(module))).toEqual([]);
  expect(wrong((file, module) => DEVICES.test(file) && CLOUD.test(module))).toEqual([]);
});
