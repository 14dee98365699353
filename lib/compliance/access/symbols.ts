import { CERTIFICATE_FIELDS } from '../../policy/certificate-fields';
import { type CertificateAttributes, type ConnectionContextProps } from '../../policy/evaluator';
import { type Codes, MANY, ONE } from '../../policy/evaluator/glob';
import { isIdentity } from '../policies/pattern';
import { FIRST_SYMBOL, GENERIC, isSymbol, LAST_SYMBOL } from './language';

const THING = 'iot:Connection.Thing.ThingName';
const CLIENT = 'iot:ClientId';
const TYPE = 'iot:Connection.Thing.ThingTypeName';
const ATTRIBUTE = 'iot:connection.thing.attributes[';
const COGNITO = 'cognito-identity.amazonaws.com:sub';

/**
 * A character for each policy variable, from the private use area: the evaluator puts it where the value of a device would
 * stand, and what comes out says what every device may do.
 */
export class Symbols {
  private readonly codes = new Map<string, number>();
  private readonly names = new Map<number, string>();

  /** The thing name of the device in question. */
  public get thing(): string {
    return this.of(THING);
  }

  /** The client id that a device chooses. */
  public get client(): string {
    return this.of(CLIENT);
  }

  public of(variable: string): string {
    const known = this.codes.get(variable);
    if (known !== undefined) return String.fromCharCode(known);
    const code = FIRST_SYMBOL + this.codes.size;
    if (code > LAST_SYMBOL) throw new Error('the policies use more variables than can be told apart');
    this.codes.set(variable, code);
    this.names.set(code, variable);
    return String.fromCharCode(code);
  }

  /** What policies ask of a device, as symbols; `variables` are those that they use. */
  public device(variables: readonly string[]): Partial<ConnectionContextProps> {
    const attributes = variables
      .filter((name) => name.toLowerCase().startsWith(ATTRIBUTE))
      .map((name) => name.slice(ATTRIBUTE.length, -1));
    const asksForCertificate = variables.some((name) => name.toLowerCase().startsWith('iot:certificate'));
    return {
      thingTypeName: this.of(TYPE),
      attributes: Object.fromEntries(
        attributes.map((name) => [name, this.of(`iot:Connection.Thing.Attributes[${name}]`)]),
      ),
      ...(asksForCertificate ? { certificate: this.certificate() } : {}),
      conditionKeys: { [COGNITO]: [this.of(COGNITO)] },
    };
  }

  /** A pattern as a policy would write it. */
  public show(codes: Codes): string {
    return codes.map((code, index) => this.showCode(code, codes[index + 1])).join('');
  }

  /** Whether the character is a value that each device has for itself. */
  public isOwn(code: number): boolean {
    const name = this.names.get(code);
    return name !== undefined && (isIdentity(name) || name === COGNITO);
  }

  private showCode(code: number, next: number | undefined): string {
    if (code === MANY) return '*';
    if (code === ONE) return '?';
    if (code === GENERIC) return 'x';
    if (isSymbol(code)) return `\${${this.names.get(code) ?? ''}}`;
    const char = String.fromCharCode(code);
    // As policies escape them.
    if (char === '*' || char === '?') return `\${${char}}`;
    return char === '$' && next === '{'.charCodeAt(0) ? '${$}' : char;
  }

  private certificate(): CertificateAttributes {
    const fields = (part: string): { [field: string]: string[] } =>
      Object.fromEntries(CERTIFICATE_FIELDS.map((field) => [field, [this.of(`iot:Certificate.${part}.${field}`)]]));
    return {
      certificateId: this.of('iot:CertificateId'),
      serialNumber: this.of('iot:Certificate.SerialNumber'),
      subject: fields('Subject'),
      issuer: fields('Issuer'),
    };
  }
}

/** Whether a text holds characters that stand for something else here. */
export function holdsSymbols(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === GENERIC || isSymbol(code)) return true;
  }
  return false;
}
