import { type Fact, parseRecord } from '../../../lambda/evaluate-behaviors/record';
import type { DeviceReport } from '../../../lambda/evaluate-behaviors/report';
import type { Measured, Observation } from './observe';

/** What a record of a detector's stream says, as its function reads it; undefined for one that the function refuses. */
export function observeRecord(text: string): readonly Observation[] | undefined {
  const parsed = parseRecord(text);
  return parsed.ok ? ofFact(parsed.value) : undefined;
}

function ofFact(fact: Fact): readonly Observation[] {
  const { device: thing, at: time } = fact;
  const value = (metric: string, more: Partial<Measured> = {}, number = 1): Observation => ({
    ...{ kind: 'value', thing, metric, time, ...more },
    value: number,
  });
  const address = (from: string | undefined, more: Partial<Measured> = {}): Observation[] =>
    from === undefined ? [] : [{ ...{ kind: 'items', thing, metric: 'source-ip', time, ...more }, items: [from] }];
  switch (fact.kind) {
    case 'presence':
      if (fact.what === 'disconnected') return [value('disconnects')];
      return [value('connection-attempts'), ...(fact.what === 'connected' ? address(fact.address) : [])];
    case 'log': {
      const on = fact.topic === undefined ? {} : { topic: fact.topic };
      // Messages have records of their own.
      if (fact.what === 'sent') return address(fact.address, on);
      return [value(fact.what === 'denied' ? 'authorization-failures' : 'messages-received', on)];
    }
    case 'message': {
      const of = { selection: fact.on };
      const size = fact.bytes === undefined ? [] : [value('message-size', of, fact.bytes)];
      return [value('messages-sent', of), ...size];
    }
    case 'report':
      return ofReport(thing, time, fact.report);
    case 'sign':
      return [];
  }
}

function ofReport(thing: string, time: number, report: DeviceReport): readonly Observation[] {
  const { numbers, ports, addresses, custom } = report;
  const value = (metric: string, number: number): Observation => ({
    kind: 'value',
    thing,
    metric,
    time,
    value: number,
  });
  const items = (metric: string, list: readonly (string | number)[]): Observation => ({
    ...{ kind: 'items', thing, metric, time },
    items: list.map(String),
  });
  return [
    ...Object.entries(numbers).map(([metric, number]) => value(metric, number)),
    ...Object.entries(ports).map(([metric, list]) => items(metric, list)),
    ...(addresses === undefined ? [] : [items('destination-ips', addresses)]),
    ...Object.entries(custom).map(([metric, { number, numbers: list, texts }]) =>
      number === undefined ? items(metric, (list ?? texts) as readonly (string | number)[]) : value(metric, number),
    ),
  ];
}
