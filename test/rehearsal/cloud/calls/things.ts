import { csr, iot, pem } from '../../../support/service-calls';
import { BAD, listed, named, NO, TAKEN, type Row } from './row';

const NOBODY = 'f'.repeat(64);

export const THINGS: Readonly<Record<string, Row>> = {
  CreateThing: {
    works: (a) => ['iot', new iot.CreateThingCommand({ thingName: a.new() })],
    fails: [
      [BAD, () => ['iot', new iot.CreateThingCommand({ thingName: 'no spaces' })]],
      [NO, (a) => ['iot', new iot.CreateThingCommand({ thingName: a.new(), thingTypeName: 'no-type' })]],
      [
        TAKEN,
        async (a) => [
          'iot',
          new iot.CreateThingCommand({ thingName: await a.thing(), attributePayload: { attributes: { a: 'b' } } }),
        ],
      ],
    ],
  },
  DescribeThing: named(
    async (a) => ['iot', new iot.DescribeThingCommand({ thingName: await a.thing() })],
    new iot.DescribeThingCommand({ thingName: 'nobody' }),
  ),
  UpdateThing: {
    works: async (a) => [
      'iot',
      new iot.UpdateThingCommand({ thingName: await a.thing(), attributePayload: { attributes: { a: 'b' } } }),
    ],
    fails: [
      [
        'VersionConflictException',
        async (a) => ['iot', new iot.UpdateThingCommand({ thingName: await a.thing(), expectedVersion: 7 })],
      ],
      [NO, () => ['iot', new iot.UpdateThingCommand({ thingName: 'nobody' })]],
    ],
  },
  DeleteThing: {
    works: async (a) => ['iot', new iot.DeleteThingCommand({ thingName: await a.thing() })],
    fails: [[BAD, async (a) => ['iot', new iot.DeleteThingCommand({ thingName: (await a.attached()).thingName })]]],
  },
  ListThings: listed(new iot.ListThingsCommand({}), new iot.ListThingsCommand({ nextToken: 'not given' })),
  CreateThingGroup: {
    works: (a) => ['iot', new iot.CreateThingGroupCommand({ thingGroupName: a.new() })],
    fails: [
      [NO, (a) => ['iot', new iot.CreateThingGroupCommand({ thingGroupName: a.new(), parentGroupName: 'nobody' })]],
      [
        TAKEN,
        async (a) => [
          'iot',
          new iot.CreateThingGroupCommand({
            thingGroupName: await a.group(),
            thingGroupProperties: { thingGroupDescription: 'another' },
          }),
        ],
      ],
    ],
  },
  DescribeThingGroup: named(
    async (a) => ['iot', new iot.DescribeThingGroupCommand({ thingGroupName: await a.group() })],
    new iot.DescribeThingGroupCommand({ thingGroupName: 'nobody' }),
  ),
  DeleteThingGroup: {
    works: async (a) => ['iot', new iot.DeleteThingGroupCommand({ thingGroupName: await a.group() })],
    fails: [
      [
        BAD,
        async (a) => {
          const thingGroupName = await a.group();
          await a.group(thingGroupName);
          return ['iot', new iot.DeleteThingGroupCommand({ thingGroupName })];
        },
      ],
    ],
  },
  ListThingGroups: named(
    () => ['iot', new iot.ListThingGroupsCommand({})],
    new iot.ListThingGroupsCommand({ parentGroup: 'nobody' }),
  ),
  ListThingsInThingGroup: named(
    async (a) => ['iot', new iot.ListThingsInThingGroupCommand({ thingGroupName: await a.group() })],
    new iot.ListThingsInThingGroupCommand({ thingGroupName: 'nobody' }),
  ),
  AddThingToThingGroup: {
    works: async (a) => [
      'iot',
      new iot.AddThingToThingGroupCommand({ thingName: await a.thing(), thingGroupName: await a.group() }),
    ],
    fails: [
      [
        NO,
        async (a) => [
          'iot',
          new iot.AddThingToThingGroupCommand({ thingName: 'nobody', thingGroupName: await a.group() }),
        ],
      ],
      [
        BAD,
        async (a) => {
          const { thingName, thingGroupName } = await a.member();
          const below = await a.group(thingGroupName);
          return ['iot', new iot.AddThingToThingGroupCommand({ thingName, thingGroupName: below })];
        },
      ],
    ],
  },
  RemoveThingFromThingGroup: named(
    async (a) => ['iot', new iot.RemoveThingFromThingGroupCommand(await a.member())],
    new iot.RemoveThingFromThingGroupCommand({ thingName: 'nobody', thingGroupName: 'nobody' }),
  ),
  UpdateThingGroupsForThing: named(
    async (a) => {
      const { thingName, thingGroupName } = await a.member();
      return ['iot', new iot.UpdateThingGroupsForThingCommand({ thingName, thingGroupsToRemove: [thingGroupName] })];
    },
    new iot.UpdateThingGroupsForThingCommand({ thingName: 'nobody', thingGroupsToAdd: [] }),
  ),
  ListThingGroupsForThing: named(
    async (a) => ['iot', new iot.ListThingGroupsForThingCommand({ thingName: (await a.member()).thingName })],
    new iot.ListThingGroupsForThingCommand({ thingName: 'nobody' }),
  ),
  CreateThingType: {
    works: (a) => ['iot', new iot.CreateThingTypeCommand({ thingTypeName: a.new() })],
    fails: [
      [
        TAKEN,
        async (a) => {
          const thingTypeName = a.new();
          await a.does(['iot', new iot.CreateThingTypeCommand({ thingTypeName })]);
          return ['iot', new iot.CreateThingTypeCommand({ thingTypeName })];
        },
      ],
    ],
  },
  DescribeThingType: named(
    async (a) => {
      const thingTypeName = a.new();
      await a.does(['iot', new iot.CreateThingTypeCommand({ thingTypeName })]);
      return ['iot', new iot.DescribeThingTypeCommand({ thingTypeName })];
    },
    new iot.DescribeThingTypeCommand({ thingTypeName: 'nobody' }),
  ),
  ListThingTypes: listed(new iot.ListThingTypesCommand({}), new iot.ListThingTypesCommand({ nextToken: 'not given' })),
  AttachThingPrincipal: {
    works: async (a) => [
      'iot',
      new iot.AttachThingPrincipalCommand({ thingName: await a.thing(), principal: (await a.certificate()).arn }),
    ],
    fails: [
      [
        NO,
        async (a) => [
          'iot',
          new iot.AttachThingPrincipalCommand({ thingName: await a.thing(), principal: a.arn(`cert/${NOBODY}`) }),
        ],
      ],
      [
        BAD,
        async (a) => {
          const { principal } = await a.attached();
          const thingPrincipalType = 'EXCLUSIVE_THING';
          const thingName = await a.thing();
          return ['iot', new iot.AttachThingPrincipalCommand({ thingName, principal, thingPrincipalType })];
        },
      ],
    ],
  },
  DetachThingPrincipal: named(
    async (a) => {
      const { thingName, principal } = await a.attached();
      return ['iot', new iot.DetachThingPrincipalCommand({ thingName, principal })];
    },
    new iot.DetachThingPrincipalCommand({ thingName: 'nobody', principal: NOBODY }),
  ),
  ListThingPrincipals: named(
    async (a) => ['iot', new iot.ListThingPrincipalsCommand({ thingName: (await a.attached()).thingName })],
    new iot.ListThingPrincipalsCommand({ thingName: 'nobody' }),
  ),
  ListThingPrincipalsV2: named(
    async (a) => ['iot', new iot.ListThingPrincipalsV2Command({ thingName: (await a.attached()).thingName })],
    new iot.ListThingPrincipalsV2Command({ thingName: 'nobody' }),
  ),
  ListPrincipalThings: named(
    async (a) => ['iot', new iot.ListPrincipalThingsCommand({ principal: (await a.attached()).principal })],
    new iot.ListPrincipalThingsCommand({ principal: NOBODY }),
  ),
  ListPrincipalThingsV2: named(
    async (a) => ['iot', new iot.ListPrincipalThingsV2Command({ principal: (await a.attached()).principal })],
    new iot.ListPrincipalThingsV2Command({ principal: NOBODY }),
  ),
  CreateCertificateFromCsr: {
    works: () => ['iot', new iot.CreateCertificateFromCsrCommand({ certificateSigningRequest: csr() })],
    fails: [[BAD, () => ['iot', new iot.CreateCertificateFromCsrCommand({ certificateSigningRequest: 'no CSR' })]]],
  },
  RegisterCertificateWithoutCA: {
    works: () => ['iot', new iot.RegisterCertificateWithoutCACommand({ certificatePem: pem() })],
    fails: [
      [
        TAKEN,
        async (a) => {
          const certificatePem = pem();
          await a.does(['iot', new iot.RegisterCertificateWithoutCACommand({ certificatePem })]);
          return ['iot', new iot.RegisterCertificateWithoutCACommand({ certificatePem })];
        },
      ],
    ],
  },
  DescribeCertificate: named(
    async (a) => ['iot', new iot.DescribeCertificateCommand({ certificateId: (await a.certificate()).id })],
    new iot.DescribeCertificateCommand({ certificateId: NOBODY }),
  ),
  UpdateCertificate: {
    works: async (a) => [
      'iot',
      new iot.UpdateCertificateCommand({ certificateId: (await a.certificate()).id, newStatus: 'REVOKED' }),
    ],
    fails: [
      [NO, () => ['iot', new iot.UpdateCertificateCommand({ certificateId: NOBODY, newStatus: 'INACTIVE' })]],
      [
        BAD,
        async (a) => [
          'iot',
          new iot.UpdateCertificateCommand({
            certificateId: (await a.certificate()).id,
            newStatus: 'PENDING_TRANSFER',
          }),
        ],
      ],
    ],
  },
  DeleteCertificate: {
    works: async (a) => ['iot', new iot.DeleteCertificateCommand({ certificateId: (await a.certificate()).id })],
    fails: [
      [
        'CertificateStateException',
        async (a) => ['iot', new iot.DeleteCertificateCommand({ certificateId: (await a.certificate('ACTIVE')).id })],
      ],
      [
        'DeleteConflictException',
        async (a) => ['iot', new iot.DeleteCertificateCommand({ certificateId: (await a.attached()).id })],
      ],
    ],
  },
  ListCertificates: listed(new iot.ListCertificatesCommand({}), new iot.ListCertificatesCommand({ pageSize: 251 })),
};
