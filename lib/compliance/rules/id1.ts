import type { Model } from '../model/model';
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
  check: (model) => [...inResources(model), ...inOutputs(model)],
};

function inResources(model: Model): Observation[] {
  return model.resources.flatMap((resource) =>
    resource.variants.flatMap(({ when, value }) =>
      problemsIn(value, 'Properties').map(({ message, location }) => ({ at: resource, when, message, location })),
    ),
  );
}

function inOutputs(model: Model): Observation[] {
  return model.outputs.flatMap(({ file, logicalId, variants }) =>
    variants.flatMap(({ when, value }) =>
      problemsIn(value, 'Value').map(({ message, location }) => ({
        at: { file: file.path, logicalId: `Outputs/${logicalId}` },
        when,
        message,
        location,
      })),
    ),
  );
}

function problemsIn(value: Value, location: string): { readonly message: string; readonly location: string }[] {
  if (isList(value)) return value.flatMap((item, index) => problemsIn(item, `${location}/${index}`));
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => problemsIn(item, `${location}/${key}`));
  const message = isKeyText(textOf(value) ?? '') ?? keyReference(value);
  return message === undefined ? [] : [{ message, location }];
}

const BEGIN = '-----BEGIN ';
/** "-----BEGIN" in Base64. */
const BEGIN_BASE64 = 'LS0tLS1CRUdJTi';

function isKeyText(text: string): string | undefined {
  if (hasKey(text)) return 'holds a private key (not shown)';
  const start = text.indexOf(BEGIN_BASE64);
  if (start >= 0 && hasKey(Buffer.from(text.slice(start), 'base64').toString('latin1')))
    return 'holds a private key in Base64 (not shown)';
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
