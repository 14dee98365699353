import type { Model, Resource } from '../model/model';
import { isRawMap, section } from '../model/template';
import { Hole, isList, isMap, partsOf, textOf, type Value } from '../model/value';
import type { Observation, Rule } from '../rule';

export const ID1: Rule = {
  id: 'ZTI-ID1',
  title: 'Private keys stay in the device',
  tenets: [2, 3],
  severity: 'fatal',
  types: [],
  why: "What a template, an output or a parameter holds is in consoles, logs, caches and state files. A key that was there is not the device's own any more.",
  fix: 'Let the device make its key and send a certificate signing request: AWS::IoT::Certificate with CertificateSigningRequest, or fleet provisioning.',
  example: {
    Certificate: {
      Type: 'AWS::IoT::Certificate',
      Properties: {
        Status: 'ACTIVE',
        CertificateSigningRequest: '-----BEGIN CERTIFICATE REQUEST-----\nMIH...\n-----END CERTIFICATE REQUEST-----',
      },
    },
  },
  evidenceFor: ['ETSI EN 303 645 5.4-3', 'ETSI EN 303 645 5.4-4', 'IoT Lens IOTSEC03-BP01', 'IEC 62443-4-2 CR 1.9'],
  check: (model) => [...inResources(model), ...inOutputs(model), ...besideResources(model)],
};

/** Types in whose properties a call of an API stands, not the permission for one. */
function mayCall({ type }: Resource): boolean {
  return type.startsWith('Custom::') || ['AWS::CloudFormation::CustomResource', 'AWS::Lambda::Function'].includes(type);
}

/** Parts of a template that no property refers to are stored with it all the same. */
function besideResources(model: Model): Observation[] {
  return model.files.flatMap((file) => {
    const body = isRawMap(file.body) ? file.body : {};
    const sections = ['Parameters', 'Mappings', 'Metadata', 'Rules', 'Conditions', 'Globals'].map(
      (name): [string, unknown] => [name, body[name]],
    );
    const metadata = Object.entries(section(body, 'Resources')).map(([logicalId, resource]): [string, unknown] => [
      `Resources/${logicalId}/Metadata`,
      isRawMap(resource) ? resource.Metadata : undefined,
    ]);
    return [...sections, ...metadata]
      .filter(([, part]) => textsOf(part).some((text) => holdsKey(text)))
      .map(([location]) => ({
        at: { file: file.path, logicalId: location },
        message: 'holds a private key (not shown)',
      }));
  });
}

/** With a list in place of calls, which hostile depth would exhaust. */
function textsOf(part: unknown): string[] {
  const texts: string[] = [];
  const left = [part];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each === 'string') texts.push(each);
    else if (typeof each === 'object' && each !== null)
      for (const item of Object.values(each) as unknown[]) left.push(item);
  }
  return texts;
}

function inResources(model: Model): Observation[] {
  return model.resources.flatMap((resource) =>
    resource.variants.flatMap(({ when, value }) =>
      problemsIn(value, 'Properties', mayCall(resource)).map(({ message, location }) => ({
        at: resource,
        when,
        message,
        location,
      })),
    ),
  );
}

function inOutputs(model: Model): Observation[] {
  return model.outputs.flatMap(({ file, logicalId, variants }) =>
    variants.flatMap(({ when, value }) =>
      problemsIn(value, 'Value', false).map(({ message, location }) => ({
        at: { file: file.path, logicalId: `Outputs/${logicalId}` },
        when,
        message,
        location,
      })),
    ),
  );
}

function problemsIn(
  value: Value,
  location: string,
  calls: boolean,
): { readonly message: string; readonly location: string }[] {
  if (isList(value)) return value.flatMap((item, index) => problemsIn(item, `${location}/${index}`, calls));
  if (isMap(value))
    return Object.entries(value).flatMap(([key, item]) => problemsIn(item, `${location}/${key}`, calls));
  const text = textOf(value) ?? '';
  const message = isKeyText(text) ?? (calls ? makesKey(text) : undefined) ?? keyReference(value);
  return message === undefined ? [] : [{ message, location }];
}

const BEGIN = '-----BEGIN ';
/** "-----BEGIN " in Base64, for each place that it may have among three bytes, without what its neighbors change. */
const BEGIN_BASE64 = [0, 1, 2].map((offset) => {
  const encoded = Buffer.from(' '.repeat(offset) + BEGIN).toString('base64');
  return { offset, text: encoded.slice(offset === 0 ? 0 : 4, -4) };
});

function isKeyText(text: string): string | undefined {
  if (hasKey(text) || isJwk(text)) return 'holds a private key (not shown)';
  return hasKeyInBase64(text) ? 'holds a private key in Base64 (not shown)' : undefined;
}

function holdsKey(text: string): boolean {
  return isKeyText(text) !== undefined;
}

/** A JSON Web Key with its private part. */
function isJwk(text: string): boolean {
  return text.includes('"kty"') && text.includes('"d"');
}

function hasKeyInBase64(text: string): boolean {
  return BEGIN_BASE64.some(({ offset, text: begin }) => {
    const start = text.indexOf(begin);
    if (start < 0) return false;
    const from = start - (offset === 0 ? 0 : 4);
    return from >= 0 && hasKey(Buffer.from(text.slice(from), 'base64').toString('latin1'));
  });
}

function makesKey(text: string): string | undefined {
  if (text.includes('createKeysAndCertificate') || text.includes('CreateKeysAndCertificate'))
    return 'calls CreateKeysAndCertificate, which makes the private key outside of the device';
  return undefined;
}

function hasKey(text: string): boolean {
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
    const end = text.indexOf('-----', at + BEGIN.length);
    if (end >= 0 && text.slice(at, end).endsWith('PRIVATE KEY')) return true;
  }
  return false;
}

/** A private key that some resource returns; references to where one is kept are not the key. */
function keyReference(value: Value): string | undefined {
  const hole = (partsOf(value) ?? []).find(
    (part): part is Hole => part instanceof Hole && isPrivateKey(part.target?.attribute ?? ''),
  );
  return hole === undefined ? undefined : `passes on ${hole.toString()}, a private key`;
}

function isPrivateKey(attribute: string): boolean {
  const name = attribute.toLowerCase().replace(/[^a-z]/g, '');
  if (['arn', 'id', 'name', 'path', 'version'].some((suffix) => name.endsWith(suffix))) return false;
  return ['privatekey', 'privkey', 'keyprivate', 'privatepem'].some((word) => name.includes(word));
}
