import { Token } from 'aws-cdk-lib';
import { quote } from '../internal/quote';
import { inWords } from './behavior-problem';
import { CustomMetricType } from './terms';

/** What is wrong with the name of a custom metric, in words that follow its property; undefined when it is right. */
export function customMetricNameProblem(name: string): string | undefined {
  if (Token.isUnresolved(name)) {
    return 'must be known at synth, since devices report under it and behaviors are named after it; write it as a text';
  }
  if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(name)) {
    return `must be 1 to 128 letters, digits, ':', '_' and '-', got ${quote(name)}`;
  }
  return name.startsWith('aws:') ? `must not begin with 'aws:', got ${quote(name)}` : undefined;
}

/** What is wrong with the type of a custom metric, in words that follow its property; undefined when it is right. */
export function customMetricTypeProblem(type: string): string | undefined {
  const allowed: string[] = Object.values(CustomMetricType);
  if (Token.isUnresolved(type)) return `must be known at synth, and be ${inWords(allowed)}`;
  return allowed.includes(type) ? undefined : `must be ${inWords(allowed)}, got ${quote(type)}`;
}
