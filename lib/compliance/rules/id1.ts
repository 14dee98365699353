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
  return model.resources.flatMap((resource): Observation[] => {
    const found = resource.variants.flatMap(({ when, value }) =>
      problemsIn(value, 'Properties').map(({ message, location }) => ({ at: resource, when, message, location })),
    );
    return found.length > 0 ? found : inText(resource);
  });
}

/** Texts as they are written, for what a function hides: a script in `Fn::Base64` with a name in it. */
function inText(resource: Resource): Observation[] {
  const [message] = textsOf(resource.raw.Properties).flatMap((text) => isKeyText(text) ?? makesKey(text) ?? []);
  return message === undefined ? [] : [{ at: resource, message, location: 'Properties' }];
}

function inOutputs(model: Model): Observation[] {
  return model.outputs.flatMap(({ file, logicalId, variants }) =>
    variants.flatMap(({ when, value }) =>
      problemsIn(value, `${logicalId}/Value`).map(({ message, location }) => ({
        at: { file: file.path, logicalId: `Outputs/${logicalId}` },
        when,
        message,
        location: location.slice(logicalId.length + 1),
      })),
    ),
  );
}

function problemsIn(value: Value, location: string): { readonly message: string; readonly location: string }[] {
  if (isList(value)) return value.flatMap((item, index) => problemsIn(item, `${location}/${index}`));
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => problemsIn(item, `${location}/${key}`));
  const text = textOf(value) ?? '';
  const message = isKeyText(text) ?? makesKey(text) ?? keyReference(value, location);
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

const CALL = 'createkeysandcertificate';

/** A call of the API in code of any language or in a script; `iot:CreateKeysAndCertificate` is the permission for one. */
function makesKey(text: string): string | undefined {
  if (!/keys[_-]?and/i.test(text)) return undefined;
  const flat = text.replace(/[_-]/g, '').toLowerCase();
  for (let at = flat.indexOf(CALL); at >= 0; at = flat.indexOf(CALL, at + 1))
    if (flat.charAt(at - 1) !== ':')
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
function keyReference(value: Value, location: string): string | undefined {
  const holes = (partsOf(value) ?? []).filter((part): part is Hole => part instanceof Hole);
  const hole =
    holes.find(({ target }) => isPrivateKey(target?.attribute ?? '')) ??
    // Only what a custom resource returns may be anything, so that only the name of its place says what it is.
    holes.find(({ kind, open }) => kind === 'attribute' && open && isKeyPlace(location));
  return hole === undefined ? undefined : `passes on ${hole.toString()}, a private key`;
}

const WORDS = ['privatekey', 'privkey', 'keyprivate', 'privatepem'];

function isPrivateKey(attribute: string): boolean {
  const name = letters(attribute);
  if (['arn', 'id', 'name', 'path', 'version'].some((suffix) => name.endsWith(suffix))) return false;
  return WORDS.some((word) => name.includes(word));
}

/** A property, output or variable that is called a private key, and not the place of one. */
function isKeyPlace(location: string): boolean {
  const name = letters(
    location
      .replace(/\/Value$/, '')
      .split('/')
      .at(-1) ?? '',
  );
  return WORDS.some((word) => name.endsWith(word) || name.endsWith(`${word}pem`));
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
