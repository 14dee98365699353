import { X509Certificate } from 'node:crypto';
import type { CertificateStatus, Connections, PrincipalType } from '../../ports';
import { Authority, parseRequest } from '../../x509/certificates';
import { AwsFault } from '../fault';
import { type Input, textOf } from '../operation';
import { pageOf } from './pages';
import type { Certificate, IotRegistry } from './registry';

const YEAR_MS = 365 * 24 * 3_600_000;
/** A certificate that is no longer active loses its sessions "within a few minutes". */
const SESSIONS_END_MS = 3 * 60_000;
const STATUSES: readonly string[] = ['ACTIVE', 'INACTIVE', 'REVOKED'] satisfies CertificateStatus[];

/** Certificates and the things that they are attached to. */
export class Certificates {
  private readonly authority: Authority;
  private readonly serials;

  constructor(
    private readonly registry: IotRegistry,
    private readonly connections: () => Connections | undefined,
  ) {
    this.serials = registry.random.fork('serial numbers');
    this.authority = Authority.create('Rehearsal IoT CA', this.terms(30));
  }

  /** PEM of the authority that signs certificates for devices. */
  public get authorityPem(): string {
    return this.authority.certificatePem;
  }

  public issue(csr: string, status: CertificateStatus): Certificate {
    let request;
    try {
      request = parseRequest(csr);
    } catch (error) {
      throw new AwsFault(
        'InvalidRequestException',
        `The certificate signing request is not valid: ${(error as Error).message}`,
      );
    }
    return this.registry.addCertificate(this.authority.issue(request, this.terms(25)), status);
  }

  public createFromCsr(input: Input): object {
    const active = input.setAsActive === true || input.setAsActive === 'true';
    const certificate = this.issue(textOf(input, 'certificateSigningRequest') ?? '', active ? 'ACTIVE' : 'INACTIVE');
    return { ...this.identity(certificate), certificatePem: certificate.pem };
  }

  public register(input: Input): object {
    const status = (textOf(input, 'status') ?? 'INACTIVE') as CertificateStatus;
    return this.identity(this.registry.addCertificate(textOf(input, 'certificatePem') ?? '', status));
  }

  public describe(input: Input): object {
    const certificate = this.existing(input);
    return {
      certificateDescription: {
        ...this.identity(certificate),
        status: certificate.status,
        certificatePem: certificate.pem,
        ownedBy: this.registry.place.account,
        creationDate: certificate.createdAt / 1000,
        lastModifiedDate: certificate.modifiedAt / 1000,
        certificateMode: 'DEFAULT',
        validity: validityOf(certificate.pem),
      },
    };
  }

  public update(input: Input): object {
    const certificate = this.existing(input);
    const status = textOf(input, 'newStatus') ?? '';
    if (!STATUSES.includes(status)) throw new AwsFault('InvalidRequestException', `The status ${status} cannot be set`);
    if (certificate.status === 'PENDING_TRANSFER')
      throw new AwsFault('CertificateStateException', 'The certificate is being transferred', 406);
    this.setStatus(certificate, status as CertificateStatus);
    return {};
  }

  public setStatus(certificate: Certificate, status: CertificateStatus): void {
    certificate.status = status;
    certificate.modifiedAt = this.registry.clock.now();
    this.registry.counter.next();
    if (status === 'ACTIVE') return;
    this.registry.clock.schedule(SESSIONS_END_MS, 'sessions of an inactive certificate end', async () => {
      if (certificate.status !== 'ACTIVE')
        await this.connections()?.disconnectCertificate(certificate.certificateId, 'AUTH_ERROR');
    });
  }

  public delete(input: Input): object {
    const certificate = this.existing(input);
    if (certificate.status === 'ACTIVE')
      throw new AwsFault('CertificateStateException', 'Certificate must be deactivated before deletion', 406);
    if (certificate.things.size > 0)
      throw new AwsFault('DeleteConflictException', 'Things must be detached before deletion', 409);
    if (certificate.policies.latest.length > 0 && input.forceDelete !== 'true')
      throw new AwsFault('DeleteConflictException', 'Certificate policies must be detached before deletion', 409);
    this.registry.certificates.delete(certificate.certificateId);
    this.registry.counter.next();
    return {};
  }

  public list(input: Input): object {
    const found = [...this.registry.certificates.values()].map((certificate) => ({
      ...this.identity(certificate),
      status: certificate.status,
      creationDate: certificate.createdAt / 1000,
    }));
    return pageOf('certificates', found, input, ['marker', 'nextMarker']);
  }

  public attach(input: Input): object {
    const { thingName } = this.registry.existingThing(textOf(input, 'thingName') ?? '');
    const certificate = this.registry.existingCertificate(textOf(input, 'principal') ?? '');
    this.attachTo(
      certificate,
      thingName,
      (textOf(input, 'thingPrincipalType') ?? 'NON_EXCLUSIVE_THING') as PrincipalType,
    );
    return {};
  }

  public attachTo(certificate: Certificate, thingName: string, type: PrincipalType): void {
    const others = [...certificate.things].filter(([name]) => name !== thingName);
    const taken =
      others.some(([, kind]) => kind === 'EXCLUSIVE_THING') || (type === 'EXCLUSIVE_THING' && others.length > 0);
    if (taken)
      throw new AwsFault(
        'InvalidRequestException',
        `The certificate belongs to another thing, and one of the attachments is exclusive`,
      );
    certificate.things.set(thingName, type);
    this.registry.counter.next();
  }

  public detach(input: Input): object {
    const { thingName } = this.registry.existingThing(textOf(input, 'thingName') ?? '');
    if (this.registry.existingCertificate(textOf(input, 'principal') ?? '').things.delete(thingName))
      this.registry.counter.next();
    return {};
  }

  public principalsOf(input: Input): object {
    const { thingName } = this.registry.existingThing(textOf(input, 'thingName') ?? '');
    return pageOf(
      'principals',
      this.registry.principalsOf(thingName).map(({ principal }) => principal),
      input,
    );
  }

  public principalObjectsOf(input: Input): object {
    const { thingName } = this.registry.existingThing(textOf(input, 'thingName') ?? '');
    const found = this.registry
      .principalsOf(thingName)
      .map(({ principal, principalType }) => ({ principal, thingPrincipalType: principalType }));
    return pageOf('thingPrincipalObjects', found, input);
  }

  public thingsOf(input: Input): object {
    return pageOf(
      'things',
      [...this.registry.existingCertificate(textOf(input, 'principal') ?? '').things.keys()],
      input,
    );
  }

  public thingObjectsOf(input: Input): object {
    const { things } = this.registry.existingCertificate(textOf(input, 'principal') ?? '');
    return pageOf(
      'principalThingObjects',
      [...things].map(([thingName, thingPrincipalType]) => ({ thingName, thingPrincipalType })),
      input,
    );
  }

  private existing(input: Input): Certificate {
    return this.registry.existingCertificate(textOf(input, 'certificateId') ?? '');
  }

  private identity({ certificateId }: Certificate): object {
    return { certificateId, certificateArn: this.registry.arn(`cert/${certificateId}`) };
  }

  private terms(years: number) {
    const now = this.registry.clock.now();
    return {
      serial: Buffer.from(`1${this.serials.hex(31)}`, 'hex'),
      notBefore: now - 120_000,
      notAfter: now + years * YEAR_MS,
    };
  }
}

function validityOf(pem: string): object {
  const { validFrom, validTo } = new X509Certificate(pem);
  return { notBefore: Date.parse(validFrom) / 1000, notAfter: Date.parse(validTo) / 1000 };
}
