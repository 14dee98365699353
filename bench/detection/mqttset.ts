import { clientsIn, type Seen } from './captures';
import { type DataSet, Place, type Recorded } from './datasets';

/** Seconds of a window here: five minutes of the captures would be nine of them. */
const WINDOW = 5;
const BENIGN = ['benign-5mb/benign-5mb-train.pcap', 'benign-5mb/benign-5mb-test.pcap'];
const ATTACKS: Readonly<Record<string, string>> = {
  'publish flood': 'flood.pcap',
  'connection flood': 'malariados.pcap',
  'guessed passwords': 'bruteforce.pcapng',
  'malformed packets': 'malformed.pcap',
  'slow connections': 'slowite.pcap',
};
/** An attack lasts as long as its capture, and at most so many windows. */
const LONGEST = 60;
/** After a fleet's training, in places that differ from device to device. */
const FIRST_PLACE = 0.65;
const PLACES = 0.2;

const METRICS = ['messages sent', 'bytes of messages', 'connection attempts', 'refusals', 'disconnects'] as const;
type Counts = Record<(typeof METRICS)[number], number>[];

/**
 * A part of MQTTset: ten sensors and their broker for 46 minutes, and five attacks on the broker, captured in the same testbed.
 * I. Vaccari, G. Chiola, M. Aiello, M. Mongelli, E. Cambiaso, "MQTTset, a new dataset for machine learning techniques on MQTT",
 * Sensors 20(22), 2020. License CC BY-NC-SA 4.0. Each attack is put into the traffic of each sensor once, as if somebody used its
 * identity; where it begins is chosen here, all else was captured. Windows are of five seconds and stand for five minutes.
 *
 * @see https://github.com/l-laura/MQTTset-reduced
 */
export function mqttset(path: string): DataSet {
  const place = new Place(path, 'benign-5mb');
  const read = (file: string): Seen[] => [...clientsIn(place.bytes(file))];
  const benign = BENIGN.flatMap(read);
  const times = benign.map(({ at }) => at);
  const [begin, end] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const length = Math.floor((end - begin) / WINDOW);
  const clients = [...new Set(benign.map(({ client }) => client))].sort();
  const devices = Object.entries(ATTACKS).flatMap(([attack, file]) => {
    const attacker = read(file);
    const first = attacker[0]?.at ?? 0;
    const lasts = Math.min(LONGEST, Math.ceil(((attacker.at(-1)?.at ?? 0) - first) / WINDOW) || 1);
    return clients.map((client, index): Recorded => {
      const counts: Counts = Array.from({ length }, () => counters());
      for (const one of benign) if (one.client === client) count(counts, Math.floor((one.at - begin) / WINDOW), one);
      const at = Math.floor(length * (FIRST_PLACE + (PLACES * index) / clients.length));
      for (const one of attacker) {
        const window = Math.floor((one.at - first) / WINDOW);
        if (window < lasts) count(counts, at + window, one);
      }
      return recorded(`${attack}/${client}`, counts, [at, at + lasts - 1]);
    });
  });
  return { name: 'MQTTset', before: [], devices };
}

function counters(): Counts[number] {
  return Object.fromEntries(METRICS.map((metric) => [metric, 0])) as Counts[number];
}

function count(counts: Counts, window: number, { what, bytes }: Seen): void {
  const of = counts[window];
  if (of === undefined) return;
  if (what === 'message') of['bytes of messages'] += bytes;
  const metric = {
    message: 'messages sent',
    attempt: 'connection attempts',
    refusal: 'refusals',
    disconnect: 'disconnects',
  };
  of[metric[what] as keyof typeof of] += 1;
}

function recorded(name: string, counts: Counts, [from, to]: readonly [number, number]): Recorded {
  return {
    name,
    times: counts.map((_, at) => at * 300),
    metrics: METRICS.map((metric) => ({
      name: metric,
      scatter: metric === 'bytes of messages' ? ('amount' as const) : ('count' as const),
      values: counts.map((one) => one[metric]),
    })),
    windows: [[from * 300, to * 300]],
    labels: [],
  };
}
