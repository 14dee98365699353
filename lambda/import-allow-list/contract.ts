/** The custom resource that brings an allow-list file into its table. */
export const RESOURCE_TYPE = 'Custom::IotAllowList';

/** Where the list goes and where it comes from. */
export interface AllowListProperties {
  readonly TableName: string;
  readonly Bucket: string;
  readonly Key: string;
  /** Number of serials in the file: shows in change sets what an update does, and proves the file whole. */
  readonly Count: string;
}
