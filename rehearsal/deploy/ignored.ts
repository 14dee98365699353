import type { Made } from './provider';

type Properties = Readonly<Record<string, unknown>>;

/** They say nothing about what happens. */
const ANYWHERE = ['Tags', 'Description', 'DisplayName', 'DeletionProtectionEnabled', 'TracingConfig', 'LogConfig'];

/** What of a type no provider reads, since nothing that a rehearsal decides depends on it. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'Name RouteSelectionExpression ApiKeySelectionExpression CorsConfiguration IpAddressType',
  'AWS::ApiGatewayV2::Integration':
    'IntegrationMethod PassthroughBehavior TemplateSelectionExpression ContentHandlingStrategy ConnectionType',
  'AWS::ApiGatewayV2::Route': 'OperationName AuthorizerId AuthorizationScopes',
  'AWS::ApiGatewayV2::Stage': 'DeploymentId AutoDeploy AccessLogSettings RouteSettings DefaultRouteSettings',
  'AWS::CloudWatch::Alarm': 'EvaluateLowSampleCountPercentile',
  // When the service deletes what has expired is not promised.
  'AWS::DynamoDB::Table':
    'TimeToLiveSpecification BillingMode ProvisionedThroughput OnDemandThroughput WarmThroughput TableClass PointInTimeRecoverySpecification ContributorInsightsSpecification',
  'AWS::Events::Rule': 'RoleArn',
  'AWS::IAM::ManagedPolicy': 'Groups Users',
  'AWS::IAM::Policy': 'Groups Users',
  'AWS::IAM::Role': 'MaxSessionDuration',
  // Who signed a certificate does not count.
  'AWS::IoT::Certificate': 'CACertificatePem CertificateMode',
  'AWS::IoT::CustomMetric': 'MetricType',
  'AWS::IoT::Dimension': 'Type',
  'AWS::IoT::Logging': 'AccountId',
  'AWS::IoT::SecurityProfile': 'AdditionalMetricsToRetainV2 SecurityProfileDescription',
  'AWS::KMS::Key':
    'Origin MultiRegion PendingWindowInDays BypassPolicyLockoutSafetyCheck KeySpec KeyUsage EnableKeyRotation RotationPeriodInDays',
  'AWS::Kinesis::Stream': 'RetentionPeriodHours DesiredShardLevelMetrics WarmThroughputMiBps',
  'AWS::Lambda::Alias': 'FunctionVersion ProvisionedConcurrencyConfig',
  'AWS::Lambda::EventInvokeConfig': 'Qualifier',
  'AWS::Lambda::EventSourceMapping': 'ScalingConfig MetricsConfig ProvisionedPollerConfig KmsKeyArn',
  'AWS::Lambda::Function':
    'RuntimeManagementConfig EphemeralStorage Architectures CodeSigningConfigArn KmsKeyArn RecursiveLoop PackageType SnapStart',
  'AWS::Lambda::Version': 'CodeSha256 ProvisionedConcurrencyConfig',
  'AWS::Logs::LogGroup':
    'RetentionInDays KmsKeyId DataProtectionPolicy FieldIndexPolicies LogGroupClass ResourcePolicyDocument',
  'AWS::Logs::SubscriptionFilter': 'Distribution',
  'AWS::Pipes::Pipe': 'KmsKeyIdentifier LogConfiguration',
  'AWS::S3::Bucket':
    'AccelerateConfiguration AccessControl AnalyticsConfigurations CorsConfiguration IntelligentTieringConfigurations InventoryConfigurations LifecycleConfiguration LoggingConfiguration MetricsConfigurations ObjectLockConfiguration ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration VersioningConfiguration WebsiteConfiguration AbacStatus',
  'AWS::SNS::Subscription': 'DeliveryPolicy Region',
  'AWS::SNS::Topic': 'SignatureVersion DeliveryStatusLogging',
  'AWS::SQS::Queue': 'ReceiveMessageWaitTimeSeconds KmsDataKeyReusePeriodSeconds SqsManagedSseEnabled',
  'AWS::SSM::Parameter': 'AllowedPattern Tier DataType',
};

/** The properties of a resource, and which of them were asked for. */
export function watched(properties: Properties): { readonly properties: Properties; readonly read: Set<string> } {
  const read = new Set<string>();
  const get = (target: Properties, name: string | symbol): unknown => {
    if (typeof name === 'string') read.add(name);
    return Reflect.get(target, name);
  };
  return { properties: new Proxy(properties, { get }), read };
}

/** What stands in the template and nobody asked for: it is said that it does nothing, instead of doing nothing quietly. */
export function ignored(type: string, properties: Properties, read: ReadonlySet<string>): NonNullable<Made['limits']> {
  const harmless = [...ANYWHERE, ...(WITHOUT_EFFECT[type] ?? '').split(' ')];
  return Object.keys(properties)
    .filter((name) => !read.has(name) && !harmless.includes(name))
    .map((name) => ({ subject: `${name} of ${type}`, meaning: 'it is as if it were not there' }));
}
