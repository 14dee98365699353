/** Where the resources of a policy are: the prefix of their ARNs. */
export interface PolicyScope {
  /** Partition, such as `aws`; `stack.partition` in a construct. */
  readonly partition: string;

  /** Region, such as `eu-west-1`; `stack.region` in a construct. */
  readonly region: string;

  /** Account, 12 digits; `stack.account` in a construct. */
  readonly account: string;
}

/** How much room there is for the documents of an `AccessPolicy`. */
export interface PolicyLimits {
  /**
   * Most policies that the target takes: 2 for a thing group, 10 for a certificate.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html
   *
   * @default 2
   */
  readonly maxDocuments?: number;

  /**
   * How many of them are already taken, by policies of the group itself or inherited from the groups above it.
   *
   * @default 0
   */
  readonly inherited?: number;
}
