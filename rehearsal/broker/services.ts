import type { BrokerCloud } from './broker';
import { type Answer, answer, isModelled, isOfShadow, isRequest } from './reserved';
import type { Session } from './session';
import type { Teller } from './teller';

const NOBODY = { clientId: '', certificateId: '', sourceIp: '' };

/** What becomes of a message that the policies let through: rules see it, and whoever is behind a reserved topic answers. */
export class Services {
  constructor(
    private readonly cloud: BrokerCloud,
    private readonly teller: Teller,
    private readonly publish: (topic: string, payload: Buffer) => Promise<void>,
  ) {}

  /**
   * The service has taken a message: its rules see it, and a request is answered; a will is none.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-comms-device.html
   */
  public accept(session: Session, topic: string, payload: Buffer, qos: number, retain: boolean, isWill = false): void {
    const { clientId, certificateId, sourceIp } = session.facts;
    const { clock, bus } = this.cloud;
    const thingName = session.rights.thing?.thingName;
    this.teller.tell('in', session, topic, payload);
    const from = { clientId, certificateId, thingName, sourceIp };
    const work = bus.ingest({ topic, payload, qos: qos === 0 ? 0 : 1, retain, from });
    this.teller.background(clock.busy(work), `rules on ${topic}`);
    if (!isWill && topic.startsWith('$aws/') && !topic.startsWith('$aws/rules/'))
      this.teller.background(clock.busy(this.serve(session, topic, payload)), topic);
  }

  /** The same for what a rule or a function publishes: a shadow does not ask who speaks to it. */
  public async asked(topic: string, payload: Buffer): Promise<void> {
    if (!isRequest(topic)) return;
    if (!isOfShadow(topic)) return this.teller.gap(topic, 'it is answered to devices only');
    const answered = await answer(this.cloud, NOBODY, topic, payload);
    if (answered !== undefined) await this.tellAll(answered);
  }

  private async serve(session: Session, topic: string, payload: Buffer): Promise<void> {
    if (!isModelled(topic)) return this.teller.gap(topic, 'nothing answers on this reserved topic');
    const answered = await answer(this.cloud, session.facts, topic, payload);
    if (answered === undefined) return;
    if (answered.to === 'subscribers') return this.tellAll(answered);
    const reply = Buffer.from(answered.payload);
    if (answered.to === 'subscribed requester' && !session.selects(answered.topic)) return;
    await this.reply(session, answered.topic, reply);
  }

  /** It is a message as any other: rules see it as well. */
  private async tellAll({ topic, payload }: Answer): Promise<void> {
    const bytes = Buffer.from(payload);
    await this.cloud.bus.ingest({ topic, payload: bytes, qos: 0, retain: false });
    await this.publish(topic, bytes);
  }

  private reply(session: Session, topic: string, payload: Buffer): Promise<void> {
    if (!session.isLive) return Promise.resolve();
    const packet = { cmd: 'publish' as const, topic, payload, qos: 0 as const, retain: false, dup: false };
    return new Promise((resolve) => session.client.publish(packet, () => resolve()));
  }
}
