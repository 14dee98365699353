import { CORPUS } from '../../bench/compliance/corpus';
import { judge } from './support/suite';

test.each(CORPUS)('$name', ({ good, statements }) => {
  const body = {
    Resources: {
      P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement: statements } } },
    },
  };
  const { findings } = judge([{ path: 't.json', body }], undefined);
  expect(findings.map(({ ruleId }) => ruleId)).toEqual(
    good ? [] : expect.arrayContaining([expect.stringMatching(/^ZTI-(POL|RA)/)]),
  );
});
