import { constants } from 'node:crypto';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { CertificateAttributes } from '../../lib/policy/evaluator';
import type { CertificateView, Registry } from '../ports';
import { certificateIdOf } from '../x509/certificates';
import { certificateAttributes } from './certificate-attributes';
import { makeServerIdentity } from './server-identity';
import type { Peer } from './session';

/** A connection whose certificate is registered and active, and whose key was proven in the handshake. */
export interface Visitor extends Peer {
  readonly socket: TLSSocket;
  readonly certificate: CertificateAttributes;
  /** Name that the client asked for (SNI). */
  readonly domainName?: string;
}

export interface FrontDoorProps {
  readonly registry: Registry;
  readonly port: number;
  /** Names of the endpoint. */
  readonly names: readonly string[];
  readonly admit: (visitor: Visitor) => void;
  readonly refuse: (reason: string, peer: Partial<Peer>) => void;
}

const LOOPBACK = '127.0.0.1';

function listen(server: NetServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} is taken: choose another, or 0 for any that is free`) : error);
    });
    // A fleet may connect at once.
    server.listen({ host: LOOPBACK, port, backlog: 4_096 }, resolve);
  });
}

/** Fails, as `FrontDoor.open` would, where a port is taken. */
export async function checkPort(port: number): Promise<void> {
  const server = new NetServer();
  await listen(server, port);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/**
 * The TLS end point: it asks for a client certificate, and admits those that the registry knows as active. Who signed the
 * certificate does not count, as it does not for the service: the registry holds certificates, not chains.
 */
export class FrontDoor {
  public static async open(props: FrontDoorProps): Promise<FrontDoor> {
    const { key, cert, ca } = makeServerIdentity([...props.names, LOOPBACK]);
    const server = createServer({
      key,
      cert,
      requestCert: true,
      rejectUnauthorized: false,
      // Small packets one after the other, each of which somebody waits for: none is held back for the next one.
      noDelay: true,
      minVersion: 'TLSv1.2',
      // HTTPS is understood as far as to say that it is not.
      ALPNProtocols: ['x-amzn-mqtt-ca', 'mqtt', 'x-amzn-http-ca', 'http/1.1'],
      // Each connection proves its key: a resumed session would not.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
    const door = new FrontDoor(props, server, ca);
    await listen(server, props.port);
    return door;
  }

  /** Addresses that devices of this process pretend to come from, by the port of their end. */
  public readonly addresses = new Map<number, string>();
  private readonly sockets = new Set<TLSSocket>();

  private constructor(
    private readonly props: FrontDoorProps,
    private readonly server: Server,
    /** What clients need to trust it. */
    public readonly caPem: string,
  ) {
    server.on('secureConnection', (socket) => this.greet(socket));
    // A handshake that fails is the client's to notice.
    server.on('tlsClientError', (_, socket) => socket.destroy());
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private greet(socket: TLSSocket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const sourcePort = socket.remotePort ?? 0;
    const sourceIp = this.addresses.get(sourcePort) ?? LOOPBACK;
    const presented = socket.getPeerCertificate();
    // Without a certificate the object is empty.
    const raw = presented.raw as Buffer | undefined;
    if (raw === undefined)
      return this.turnAway(socket, 'no client certificate was presented', { sourceIp, sourcePort });
    const certificateId = certificateIdOf(raw);
    const problem = problemOf(this.props.registry.certificate(certificateId));
    const peer = { certificateId, sourceIp, sourcePort };
    if (problem !== undefined) return this.turnAway(socket, problem, peer);
    const certificate = certificateAttributes(certificateId, presented);
    const domainName = typeof socket.servername === 'string' ? socket.servername : undefined;
    this.props.admit({ ...peer, socket, certificate, domainName });
  }

  private turnAway(socket: TLSSocket, reason: string, peer: Partial<Peer>): void {
    this.props.refuse(reason, peer);
    socket.destroy();
  }
}

function problemOf(certificate: CertificateView | undefined): string | undefined {
  if (certificate === undefined) return 'its certificate is not registered';
  if (certificate.mayConnect) return undefined;
  return certificate.status === 'ACTIVE'
    ? 'its certificate is not valid now'
    : `its certificate is ${certificate.status}`;
}
