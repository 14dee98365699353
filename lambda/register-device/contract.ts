/** The custom resource that completes a thing: its type, its attributes and its group, which CloudFormation cannot set. */
export const RESOURCE_TYPE = 'Custom::IotDevice';

export interface DeviceProperties {
  readonly ThingName: string;
  readonly ThingGroupName: string;
  readonly ThingTypeName: string | undefined;
  readonly Attributes: Readonly<Record<string, string>>;
}
