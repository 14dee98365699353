export const DETECTION_ERRORS = {
  BehaviorCriterionInvalid:
    'A behavior states its normal in a way that its metric does not have: a number for a list, a percentile or a learned normal of a set, or a bound that no device can keep. Use one of the criteria named in the message.',
  BehaviorValueInvalid:
    'A bound, address range, port, number or text of a behavior is not one that the metric can be compared with. Use a value inside the range named in the message.',
  BehaviorWindowInvalid:
    'A behavior has no window although its metric is counted over one, has one although it is not, or has one of another length. Use 5, 10, 15, 30 or 60 minutes where a window belongs, and none elsewhere.',
  BehaviorDatapointsInvalid:
    'The number of consecutive datapoints that raise or clear an alarm is out of range. Use a whole number from 1 to 10.',
  BehaviorNameInvalid:
    "The name of a behavior has characters or a length that the service refuses. Use 1 to 128 letters, digits, ':', '_' and '-', or leave it out.",
  BehaviorNameTaken:
    'Two behaviors of one fleet have the same name or are the same. Remove one of them or give them names of their own.',
  BehaviorScopeInvalid:
    'A behavior is narrowed to topics although its metric does not know topics, or a topic filter is not one. Narrow only the metrics named in the message, with valid MQTT topic filters.',
  BehaviorNotSupported:
    'The detection engine cannot watch a metric. Use the engine named in the message or take the behavior out.',
  CustomMetricInvalid:
    "A custom metric has a name, type or display name that the service refuses, or is used as if it had another type. Use 1 to 128 letters, digits, ':', '_' and '-' that do not begin with 'aws:', and the method named in the message.",
  CustomMetricTaken:
    'A custom metric is made twice in one account and region. Make it once and refer to it by the construct or by CustomMetric.named.',
  TopicDimensionInvalid:
    'A topic dimension has a name, a number of topic filters or a topic filter that the service refuses. Use 1 to 5 valid MQTT topic filters of 1 to 256 bytes.',
  TooManyTopicDimensions:
    'An account and region has more than 10 topic dimensions. Let behaviors share topic filters or merge dimensions.',
  DetectionEmpty:
    'Nothing is to be watched: there is no behavior and no metric to retain. State at least one behavior.',
  DetectionTargetInvalid:
    'The devices to watch are missing, named twice, or in a thing group whose ARN is not one. Use targets made by DetectionTarget.',
  SecurityProfileMixed:
    'A security profile holds rules and learned behaviors, which the service keeps apart. Use one profile for each kind, or Detection.deviceDefender(), which does so.',
  SecurityProfileTooLarge:
    'A security profile has more than 100 behaviors or more than 1,000 values. Spread them over several profiles, or use Detection.deviceDefender(), which does so.',
  TooManyProfilesPerTarget:
    'More than 5 security profiles watch one target. Merge profiles or behaviors, or watch smaller groups.',
  MetricsExportInvalid:
    'Metrics are to be exported without a place to export them to, a place is given and no metric, or the topic cannot be published to. Give metricsExport and mark what to export with exported().',
  EngineOptionForeign:
    'An option is given to a detection engine that only the other engine has, and would do nothing. Leave it out, or use the engine that the message names.',
  StreamOptionInvalid:
    'An option of the stream engine is out of its range: retention, shards, or the dry run of learned behaviors. Use a value inside the range named in the message.',
  StreamScopeInvalid:
    'The stream engine cannot select messages by a topic filter or dimension: rules of AWS IoT would not match what the behavior says, or the filters are not known at synth. Use filters without quotes, backslashes and, for exceptions, unusual characters; name the filters with onTopics; or use Detection.deviceDefender().',
  TooManyTopicFilters:
    'Behaviors of messages name more topic filters than the stack has room for: the stream engine makes a rule of AWS IoT for each, and a stack has at most 500 resources. Use fewer filters, with + and #, and the same list of filters for several behaviors, or watch with detectors in several stacks.',
  StreamCannotExport:
    'A behavior says exported(), which only Device Defender does. Leave it out, or watch the behavior with Detection.deviceDefender().',
  StreamLogsMissing:
    'A behavior needs the log of AWS IoT, and the stream engine was told that there is none. Give logs, or take the behavior out.',
  StreamDocumentTooLong:
    'The behaviors hold values that are known at deployment only, and are too many to be given to the function then. Use values that are known at synth, or fewer behaviors.',
  TooManyLogSubscriptions:
    'A log group can have 2 subscriptions, and more detectors would read the log of AWS IoT. Detectors of one stack share one: put them together, or give the others IotLogs.none().',
  AlertTopicKeyMissing:
    'The alert topic is encrypted with a customer managed key that is not given, so that no alert could be published. Give the key as alertTopicKey.',
  AlertTopicKeyUnfit:
    'A key is given as that of the alert topic, but no topic is given with it, or the topic is encrypted with another key: alerts would be lost. Give the key of the topic, or leave it out where the topic names its key.',
  AlertTopicFifo:
    'The alert topic is a FIFO topic, which takes only messages of a message group, and alerts have none: they would be lost. Give a standard topic; it may feed a FIFO topic through a subscriber.',
  AlarmTopicElsewhere:
    'The topic that alarms go to is in another region, and CloudWatch publishes in its own only. Give a topic of the region of the stack.',
  AlarmTopicKeyOfSns:
    'The topic that alarms go to is encrypted with alias/aws/sns, which CloudWatch cannot use: nobody would hear of an alarm. Encrypt it with a key of your own whose policy lets cloudwatch.amazonaws.com use it; where the key is made by the L2 construct, that is added for you.',
} as const;

export const DETECTION_WARNINGS = {
  DetectionDryRun:
    'The stream engine is in its dry run: alarms are counted and kept, and nobody is told of them. Look at the metric BehaviorAlarmsWithheld for a while, tune the behaviors, and go live with Detection.stream({ dryRun: false }); acknowledge the warning until then.',
  MessagesOnEveryTopic:
    'A behavior of messages sent or their size is not narrowed to topics, or to filters that begin with a wildcard: its rule is triggered by each message of the account, of other fleets, too, and USD 0.15 a million for that and as much for each that goes on to the stream (list price of us-east-1), beside a record of Kinesis. The rule ZTI-RUL1 finds the same. Name the topics with onTopics([...]) by filters whose first level is text (exceptOnTopics still reads all); or acknowledge both where the account has but this fleet.',
  LogLevelInfoNeeded:
    "A behavior counts what AWS IoT writes to its log at the level INFO only: messages that devices receive, or addresses by topic. Set these event types to INFO, as FleetLogging's events does, and mind that each message is then a line that costs; or watch the behavior with Detection.deviceDefender().",
  DetectClosedToNewCustomers:
    'AWS IoT Device Defender Detect takes no new customers since 2026-08-31; accounts that did not use it before cannot deploy security profiles (Audit is not affected). Deploy only to accounts that have Detect, or leave this detection out; acknowledge the warning where the account has it. See https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-availability-change.html.',
} as const;
