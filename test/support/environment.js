// One spec (test/contract/validator) runs CDK's own validator over every template; it costs 1 to 2 s a process, so it is off elsewhere.
if (process.env.CDK_VALIDATION === undefined) process.env.CDK_VALIDATION = 'false';
// Where in the code each resource was made is nothing that tests look at, and half of what it takes to make one.
if (process.env.CDK_DISABLE_STACK_TRACE === undefined) process.env.CDK_DISABLE_STACK_TRACE = '1';
if (process.env.CDK_CONTEXT_JSON === undefined)
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
process.env.AWS_EC2_METADATA_DISABLED = 'true';
for (const name of Object.keys(process.env)) {
  if (/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|REGION|DEFAULT_REGION)$/.test(name))
    delete process.env[name];
}
// Old versions of the CDK say by the exit code that a validation failed; what an earlier file of this worker left must not count.
process.exitCode = undefined;
