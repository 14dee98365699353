/** The custom resource that sees to it that a log group is there, which belongs to nobody's stack. */
export const ENSURE_LOG_GROUP = 'ensure-log-group';
export const RESOURCE_TYPE = 'Custom::IotLogGroup';

export interface LogGroupProperties {
  readonly LogGroupName: string;
}
