import { iot } from '../../../support/service-calls';
import { BAD, listed, named, NO, TAKEN, type Row } from './row';

const CHECK = { checkName: 'CONFLICTING_CLIENT_IDS_CHECK', resourceIdentifier: { clientId: 'nobody' } } as const;

const DAILY = { frequency: 'DAILY' as const, targetCheckNames: ['LOGGING_DISABLED_CHECK'] };

const verdict = (violationId: string) => ({ violationId, verificationState: 'FALSE_POSITIVE' }) as const;

export const ACCOUNT: Readonly<Record<string, Row>> = {
  DescribeAccountAuditConfiguration: {
    works: () => ['iot', new iot.DescribeAccountAuditConfigurationCommand({})],
  },
  UpdateAccountAuditConfiguration: {
    works: () => [
      'iot',
      new iot.UpdateAccountAuditConfigurationCommand({ roleArn: 'arn:aws:iam::123456789012:role/a' }),
    ],
    fails: [
      [
        BAD,
        () => [
          'iot',
          new iot.UpdateAccountAuditConfigurationCommand({
            roleArn: 'arn:aws:iam::123456789012:role/a',
            auditCheckConfigurations: { NO_CHECK: { enabled: true } },
          }),
        ],
      ],
    ],
  },
  DeleteAccountAuditConfiguration: {
    works: async (a) => {
      await a.audited();
      return ['iot', new iot.DeleteAccountAuditConfigurationCommand({})];
    },
    fails: [
      [
        NO,
        async (a) => {
          await a.audited();
          await a.does(['iot', new iot.DeleteAccountAuditConfigurationCommand({})]);
          return ['iot', new iot.DeleteAccountAuditConfigurationCommand({})];
        },
      ],
    ],
  },
  SetV2LoggingOptions: {
    works: () => ['iot', new iot.SetV2LoggingOptionsCommand({ roleArn: 'arn:aws:iam::123456789012:role/a' })],
  },
  GetV2LoggingOptions: {
    works: async (a) => {
      await a.does(['iot', new iot.SetV2LoggingOptionsCommand({ roleArn: 'arn:aws:iam::123456789012:role/a' })]);
      return ['iot', new iot.GetV2LoggingOptionsCommand({})];
    },
  },
  GetIndexingConfiguration: { works: () => ['iot', new iot.GetIndexingConfigurationCommand({})] },
  UpdateIndexingConfiguration: {
    works: () => [
      'iot',
      new iot.UpdateIndexingConfigurationCommand({
        thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
      }),
    ],
    fails: [
      [
        BAD,
        () => [
          'iot',
          new iot.UpdateIndexingConfigurationCommand({
            thingIndexingConfiguration: { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'STATUS' },
          }),
        ],
      ],
    ],
  },
  DescribeEventConfigurations: { works: () => ['iot', new iot.DescribeEventConfigurationsCommand({})] },
  UpdateEventConfigurations: {
    works: () => ['iot', new iot.UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } })],
  },
  CreateAuditSuppression: {
    works: (a) => [
      'iot',
      new iot.CreateAuditSuppressionCommand({
        checkName: CHECK.checkName,
        resourceIdentifier: { clientId: a.new() },
        clientRequestToken: a.new(),
      }),
    ],
    fails: [
      [
        TAKEN,
        async (a) => [
          'iot',
          new iot.CreateAuditSuppressionCommand({ ...(await a.suppression()), clientRequestToken: a.new() }),
        ],
      ],
    ],
  },
  DescribeAuditSuppression: named(
    async (a) => ['iot', new iot.DescribeAuditSuppressionCommand(await a.suppression())],
    new iot.DescribeAuditSuppressionCommand(CHECK),
  ),
  UpdateAuditSuppression: named(
    async (a) => ['iot', new iot.UpdateAuditSuppressionCommand({ ...(await a.suppression()), description: 'why' })],
    new iot.UpdateAuditSuppressionCommand(CHECK),
  ),
  DeleteAuditSuppression: {
    works: async (a) => ['iot', new iot.DeleteAuditSuppressionCommand(await a.suppression())],
  },
  ListAuditFindings: listed(
    new iot.ListAuditFindingsCommand({ taskId: 'nobody' }),
    new iot.ListAuditFindingsCommand({ taskId: 'nobody', maxResults: 251 }),
  ),
  ListRelatedResourcesForAuditFinding: named(
    async (a) => ['iot', new iot.ListRelatedResourcesForAuditFindingCommand({ findingId: await a.finding() })],
    new iot.ListRelatedResourcesForAuditFindingCommand({ findingId: 'nobody' }),
  ),
  DescribeAuditFinding: named(
    async (a) => ['iot', new iot.DescribeAuditFindingCommand({ findingId: await a.finding() })],
    new iot.DescribeAuditFindingCommand({ findingId: 'nobody' }),
  ),
  StartOnDemandAuditTask: {
    works: async (a) => {
      await a.audited();
      return ['iot', new iot.StartOnDemandAuditTaskCommand({ targetCheckNames: ['LOGGING_DISABLED_CHECK'] })];
    },
    fails: [[BAD, () => ['iot', new iot.StartOnDemandAuditTaskCommand({ targetCheckNames: ['NO_CHECK'] })]]],
  },
  DescribeAuditTask: named(
    async (a) => ['iot', new iot.DescribeAuditTaskCommand({ taskId: await a.task() })],
    new iot.DescribeAuditTaskCommand({ taskId: 'nobody' }),
  ),
  ListAuditTasks: listed(
    new iot.ListAuditTasksCommand({ startTime: new Date(0), endTime: new Date(1) }),
    new iot.ListAuditTasksCommand({ startTime: new Date(1), endTime: new Date(0) }),
  ),
  CreateScheduledAudit: {
    works: async (a) => {
      await a.audited();
      return ['iot', new iot.CreateScheduledAuditCommand({ ...DAILY, scheduledAuditName: a.new() })];
    },
    fails: [
      [
        BAD,
        async (a) => {
          await a.audited();
          return [
            'iot',
            new iot.CreateScheduledAuditCommand({ ...DAILY, frequency: 'WEEKLY', scheduledAuditName: a.new() }),
          ];
        },
      ],
      [
        TAKEN,
        async (a) => [
          'iot',
          new iot.CreateScheduledAuditCommand({ ...DAILY, scheduledAuditName: await a.scheduledAudit() }),
        ],
      ],
    ],
  },
  DeleteScheduledAudit: named(
    async (a) => ['iot', new iot.DeleteScheduledAuditCommand({ scheduledAuditName: await a.scheduledAudit() })],
    new iot.DeleteScheduledAuditCommand({ scheduledAuditName: 'nobody' }),
  ),
  DescribeScheduledAudit: named(
    async (a) => ['iot', new iot.DescribeScheduledAuditCommand({ scheduledAuditName: await a.scheduledAudit() })],
    new iot.DescribeScheduledAuditCommand({ scheduledAuditName: 'nobody' }),
  ),
  ListScheduledAudits: listed(
    new iot.ListScheduledAuditsCommand({}),
    new iot.ListScheduledAuditsCommand({ nextToken: 'of nobody' }),
  ),
  ListActiveViolations: listed(
    new iot.ListActiveViolationsCommand({}),
    new iot.ListActiveViolationsCommand({ nextToken: 'of nobody' }),
  ),
  PutVerificationStateOnViolation: {
    works: async (a) => ['iot', new iot.PutVerificationStateOnViolationCommand(verdict(await a.violation()))],
    fails: [[BAD, () => ['iot', new iot.PutVerificationStateOnViolationCommand(verdict('of-nobody'))]]],
  },
  GetStatistics: {
    works: async (a) => {
      const thingIndexingConfiguration = { thingIndexingMode: 'REGISTRY' } as const;
      await a.does(['iot', new iot.UpdateIndexingConfigurationCommand({ thingIndexingConfiguration })]);
      return ['iot', new iot.GetStatisticsCommand({ queryString: '*' })];
    },
    fails: [
      [
        NO,
        async (a) => {
          const thingIndexingConfiguration = { thingIndexingMode: 'OFF' } as const;
          await a.does(['iot', new iot.UpdateIndexingConfigurationCommand({ thingIndexingConfiguration })]);
          return ['iot', new iot.GetStatisticsCommand({ queryString: '*' })];
        },
      ],
    ],
  },
  DescribeEndpoint: {
    works: () => ['iot', new iot.DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' })],
    fails: [[BAD, () => ['iot', new iot.DescribeEndpointCommand({ endpointType: 'iot:Nothing' })]]],
  },
  CreateJob: {
    works: async (a) => [
      'iot',
      new iot.CreateJobCommand({ jobId: a.new(), targets: [a.arn(`thing/${await a.thing()}`)], document: '{}' }),
    ],
    fails: [
      [
        NO,
        (a) => ['iot', new iot.CreateJobCommand({ jobId: a.new(), targets: [a.arn('thing/nobody')], document: '{}' })],
      ],
      [
        TAKEN,
        async (a) => {
          const { jobId, thingName } = await a.job();
          return ['iot', new iot.CreateJobCommand({ jobId, targets: [a.arn(`thing/${thingName}`)], document: '{}' })];
        },
      ],
      [BAD, (a) => ['iot', new iot.CreateJobCommand({ jobId: a.new(), targets: [], document: '{no json' })]],
    ],
  },
  DescribeJob: named(
    async (a) => ['iot', new iot.DescribeJobCommand({ jobId: (await a.job()).jobId })],
    new iot.DescribeJobCommand({ jobId: 'nobody' }),
  ),
  CancelJob: named(
    async (a) => ['iot', new iot.CancelJobCommand({ jobId: (await a.job()).jobId, force: true })],
    new iot.CancelJobCommand({ jobId: 'nobody' }),
  ),
  GetJobDocument: named(
    async (a) => ['iot', new iot.GetJobDocumentCommand({ jobId: (await a.job()).jobId })],
    new iot.GetJobDocumentCommand({ jobId: 'nobody' }),
  ),
  ListJobs: listed(new iot.ListJobsCommand({}), new iot.ListJobsCommand({ nextToken: 'not given' })),
  ListJobExecutionsForJob: named(
    async (a) => ['iot', new iot.ListJobExecutionsForJobCommand({ jobId: (await a.job()).jobId })],
    new iot.ListJobExecutionsForJobCommand({ jobId: 'nobody' }),
  ),
  ListJobExecutionsForThing: {
    works: async (a) => ['iot', new iot.ListJobExecutionsForThingCommand({ thingName: (await a.job()).thingName })],
  },
  DescribeJobExecution: named(
    async (a) => ['iot', new iot.DescribeJobExecutionCommand(await a.job())],
    new iot.DescribeJobExecutionCommand({ jobId: 'nobody', thingName: 'nobody' }),
  ),
};
