interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in for the SDK's chain of credential providers when handlers are bundled: a function has its role's credentials in
 * its environment. The chain would look in files, in processes and in five other services, and be half of each bundle.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function defaultProvider(): () => Promise<Credentials> {
  return () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined)
      return Promise.reject(new Error('there are no credentials in the environment'));
    return Promise.resolve({ accessKeyId, secretAccessKey, sessionToken });
  };
}
