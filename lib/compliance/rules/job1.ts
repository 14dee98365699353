import { at, isList, isMap, type Value } from '../model/value';
import type { Observation, Rule } from '../rule';
import { eachResource } from './support';

/** Property, and what is missing without it. */
const WANTED = [
  ['AbortConfig', 'nothing stops it when devices fail'],
  ['TimeoutConfig', 'a device that never answers keeps it open'],
  ['JobExecutionsRolloutConfig', 'it reaches every device at once'],
] as const;

export const JOB1: Rule = {
  id: 'ZTI-JOB1',
  title: 'An update can be stopped, and is signed',
  tenets: [5],
  severity: 'warning',
  types: ['AWS::IoT::JobTemplate', 'AWS::IoT::Job', 'AWS::IoT::OTAUpdate'],
  why: "A bad update that runs everywhere at once is worse than the flaw it mends, and unsigned firmware is anybody's firmware.",
  fix: 'Set AbortConfig, TimeoutConfig and a rollout rate; sign the files of an OTA update.',
  example: {
    Patch: {
      Type: 'AWS::IoT::JobTemplate',
      Properties: {
        JobTemplateId: 'patch',
        Description: 'Installs a package and restarts',
        Document: '{"operation":"install"}',
        AbortConfig: {
          CriteriaList: [
            { Action: 'CANCEL', FailureType: 'ALL', MinNumberOfExecutedThings: 10, ThresholdPercentage: 10 },
          ],
        },
        TimeoutConfig: { InProgressTimeoutInMinutes: 60 },
        JobExecutionsRolloutConfig: { MaximumPerMinute: 50 },
      },
    },
  },
  evidenceFor: [
    'IoT Lens IOTSEC09-BP01',
    'ETSI EN 303 645 5.3',
    'NISTIR 8259A Software Update',
    'EU CRA Annex I (2)(c)',
  ],
  check: (model): Observation[] => [
    ...eachResource(model, ['AWS::IoT::JobTemplate', 'AWS::IoT::Job'], (properties, note) => {
      for (const [name, problem] of WANTED)
        if (isNothing(properties[name])) note(`has no ${name}: ${problem}`, { location: `Properties/${name}` });
    }),
    ...eachResource(model, ['AWS::IoT::OTAUpdate'], (properties, note) => {
      const files = properties.Files ?? properties.OtaUpdateFiles;
      const all = Array.isArray(files) ? files : [];
      const unsigned = all.filter((file) => isNothing(at(file, 'CodeSigning')));
      if (all.length === 0 || unsigned.length > 0)
        note(`sends ${unsigned.length} files without a signature`, { location: 'Properties/Files' });
    }),
  ],
};

/** Also settings whose lists and maps are all empty. */
function isNothing(value: Value | undefined): boolean {
  if (isList(value)) return value.every(isNothing);
  return value === undefined || (isMap(value) && Object.values(value).every(isNothing));
}
