import { CORPORA } from '../../bench/compliance/corpus';
import { judge } from './support/suite';

describe.each(Object.entries(CORPORA))('%s', (_corpus, samples) => {
  test('have names of their own', () => {
    expect(new Set(samples.map(({ name }) => name)).size).toBe(samples.length);
  });

  test.each(samples.map((sample) => [sample.label, sample.name, sample] as const))('%s: %s', (label, _name, sample) => {
    const { findings } = judge([{ path: 't.json', body: { Resources: sample.resources } }], undefined);
    const worst = findings.some(({ severity }) => severity !== 'warning') ? 'bad' : 'weak';
    expect(findings.length === 0 ? 'good' : worst).toBe(label);
  });
});
