// The broker of a rehearsal before the clients of Eclipse Mosquitto: what its policies allow and deny, TLS 1.2 and 1.3, and
// whom it turns away. Usage: tsx test/proofs/mosquitto.ts [ASSEMBLY]
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../../rehearsal/actor';
import { type DecisionEvent, rehearse, type Rehearsal } from '../../rehearsal/index';
import { Checks, Running, skipped, versionOf, withFolder } from './checks';

const COMMAND = 'check:mosquitto';
/** Real milliseconds between looks at what virtual time has for clients of another process. */
const LOOK_MS = 20;

interface Files {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

class Clients {
  constructor(
    private readonly r: Rehearsal,
    private readonly folder: string,
  ) {}

  public files(name: string, pem: { readonly certificatePem: string; readonly privateKeyPem: string }): Files {
    const write = (file: string, text: string): string => {
      const path = join(this.folder, `${name}.${file}`);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    };
    return {
      ca: write('ca.pem', this.r.broker.caPem),
      cert: write('cert.pem', pem.certificatePem),
      key: write('key.pem', pem.privateKeyPem),
    };
  }

  public run(program: 'pub' | 'sub', id: string, files: Files, args: readonly string[], limitMs?: number): Running {
    const own = files.cert === undefined ? [] : ['--cert', files.cert, '--key', files.key ?? ''];
    const where = ['-h', 'localhost', '-p', String(this.r.broker.port), '--cafile', files.ca];
    return new Running(`mosquitto_${program}`, [...where, ...own, '-i', id, '-V', 'mqttv311', ...args], { limitMs });
  }
}

/** What was decided since, as `allowed` or `denied` with the action. */
function decisions(r: Rehearsal, since: number): string[] {
  return r.cloud.events
    .all()
    .slice(since)
    .filter((event): event is DecisionEvent => event.kind === 'decision')
    .map(({ decision }) => `${decision.allowed ? 'allowed' : 'denied'} ${decision.action}`);
}

function refusals(r: Rehearsal, since: number): string[] {
  return r.cloud.events
    .all()
    .slice(since)
    .flatMap((event) => (event.kind === 'connection' && event.change === 'refused' ? [event.reason ?? ''] : []));
}

/** Waits until a client has its subscription, or has given up. */
async function subscribed(r: Rehearsal, client: Running): Promise<void> {
  let stop = (): void => undefined;
  const allowed = new Promise<void>((resolve) => {
    stop = r.cloud.events.subscribe((event) => {
      if (event.kind === 'decision' && event.decision.action === 'iot:Subscribe') resolve();
    });
  });
  await Promise.race([allowed, client.ended]);
  stop();
}

async function prove(r: Rehearsal, folder: string, checks: Checks): Promise<void> {
  const clients = new Clients(r, folder);
  const device = r.device('pump-one');
  await device.enrolls();
  const other = r.device('pump-two');
  await other.enrolls();
  const { thingName, ownTopic } = device;
  const files = clients.files('own', device.device.identity);
  const mark = (): number => r.cloud.events.all().length;
  const publish = (topic: string, more: readonly string[] = [], id = thingName, as = files) =>
    clients.run('pub', id, as, ['-q', '1', '-t', topic, '-m', '{"rehearsed":true}', ...more], 10_000).ended;

  for (const version of ['tlsv1.2', 'tlsv1.3']) {
    const since = mark();
    const { code, output } = await publish(ownTopic, ['--tls-version', version]);
    const arrived = r.cloud.events
      .all()
      .slice(since)
      .some((event) => event.kind === 'message' && event.topic === ownTopic);
    checks.that(`publishes its own topic over ${version}`, code === 0 && arrived, `exit code ${code}, ${output}`);
  }

  let since = mark();
  const foreign = ownTopic.replaceAll(thingName, other.thingName);
  const refused = await publish(foreign);
  checks.that(
    'may not publish the topic of another device',
    refused.code !== 0 && decisions(r, since).includes('denied iot:Publish'),
    `exit code ${refused.code}; ${decisions(r, since).join(', ')}`,
  );

  since = mark();
  const notify = `$aws/things/${thingName}/tunnels/notify`;
  const listener = clients.run('sub', thingName, files, ['-q', '1', '-C', '1', '-t', notify]);
  await subscribed(r, listener);
  await r.cloud.outside.openTunnel(thingName, ['SSH']);
  const heard = await listener.ended;
  checks.that(
    'subscribes to its own topic and hears what the service says there',
    heard.code === 0 && heard.output.includes('clientAccessToken'),
    `exit code ${heard.code}; ${decisions(r, since).join(', ')}; ${heard.output}`,
  );

  since = mark();
  const greedy = await clients.run('sub', thingName, files, ['-q', '1', '-t', '#', '-W', '3'], 10_000).ended;
  checks.that(
    'may not subscribe to everything',
    greedy.code !== 0 && decisions(r, since).includes('denied iot:Subscribe'),
    `exit code ${greedy.code}; ${decisions(r, since).join(', ')}`,
  );

  since = mark();
  const renamed = await publish(ownTopic, [], 'somebody-else');
  checks.that(
    'gets in under no other client id',
    renamed.code !== 0 && decisions(r, since).includes('denied iot:Connect'),
    `exit code ${renamed.code}; ${decisions(r, since).join(', ')}`,
  );

  since = mark();
  const stranger = clients.files('stranger', makeCertificate(thingName, r.cloud.clock.now()));
  const unknown = await publish(ownTopic, [], thingName, stranger);
  checks.that(
    'a certificate that is not registered is refused',
    unknown.code !== 0 && refusals(r, since).includes('its certificate is not registered'),
    `exit code ${unknown.code}; ${refusals(r, since).join(', ')}`,
  );

  since = mark();
  const bare = await publish(ownTopic, [], thingName, { ca: files.ca });
  checks.that(
    'nobody gets in without a certificate',
    bare.code !== 0 && refusals(r, since).includes('no client certificate was presented'),
    `exit code ${bare.code}; ${refusals(r, since).join(', ')}`,
  );

  const mistrustful = await publish(ownTopic, [], thingName, { ...files, ca: files.cert ?? '' });
  checks.that('a client that does not trust the authority of the broker leaves', mistrustful.code !== 0);

  since = mark();
  const held = clients.run('sub', thingName, files, ['-q', '1', '-t', `$aws/things/${thingName}/jobs/notify-next`]);
  await subscribed(r, held);
  await r.accuses(device);
  await r.quiet();
  const cut = r.cloud.events
    .all()
    .slice(since)
    .some((event) => event.kind === 'connection' && event.reason === 'API_INITIATED_DISCONNECT');
  await held.stop();
  checks.that('its session is cut when it is isolated', cut && device.isInQuarantine(), held.output);
  await r.passes(10 * 60_000);
  since = mark();
  const isolated = await publish(ownTopic);
  checks.that(
    'isolated, it may not publish its own topic',
    isolated.code !== 0 && decisions(r, since).includes('denied iot:Publish'),
    `exit code ${isolated.code}; ${decisions(r, since).join(', ')}`,
  );
}

async function main([assembly = 'cdk.out']: string[]): Promise<void> {
  const version = versionOf('mosquitto_pub', '--version');
  if (version === undefined) {
    return skipped(COMMAND, 'there is no mosquitto_pub here; Debian has it in mosquitto-clients');
  }
  if (!existsSync(assembly)) throw new Error(`there is no assembly at ${assembly}: npm start makes one`);
  const checks = new Checks(COMMAND);
  const r = await rehearse(assembly);
  const look = setInterval(() => void r.cloud.clock.settle(), LOOK_MS);
  try {
    await withFolder((folder) => prove(r, folder, checks));
  } finally {
    clearInterval(look);
    await r.close();
  }
  checks.end(version);
}

void main(process.argv.slice(2));
