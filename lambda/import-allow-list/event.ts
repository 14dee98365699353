import type { AllowListProperties } from './contract';

/** Reads the properties of the custom resource; throws with the name of what is wrong, which CloudFormation shows. */
export function parseProperties(raw: Readonly<Record<string, unknown>>): AllowListProperties {
  const text = (name: keyof AllowListProperties): string => {
    const value = raw[name];
    if (typeof value !== 'string' || value === '') throw new Error(`property ${name} must be a non-empty text`);
    return value;
  };
  const count = text('Count');
  if (!/^\d{1,9}$/.test(count)) throw new Error('property Count must be a number');
  return { TableName: text('TableName'), Bucket: text('Bucket'), Key: text('Key'), Count: count };
}
