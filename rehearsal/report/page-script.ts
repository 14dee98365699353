/**
 * What the report does in the browser. Text gets into the page as text nodes only, so that no name of a device, topic or
 * resource is ever read as markup.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const record = JSON.parse(document.getElementById('record').textContent);
const main = document.querySelector('main');
const KINDS = { connection: 'connections', decision: 'decisions', message: 'messages', function: 'functions', call: 'calls', incident: 'incidents', deploy: 'deployment', other: 'other' };
const hidden = new Set();

function el(tag, options, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (value === undefined || value === false) continue;
    if (name === 'style') for (const [key, each] of Object.entries(value)) node.style.setProperty(key, each);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
}
function two(value) { return String(value).padStart(2, '0'); }
function clock(ms) { const s = Math.floor(ms / 1000); return two(Math.floor(s / 3600)) + ':' + two(Math.floor(s / 60) % 60) + ':' + two(s % 60); }
function kindOf(event) { return KINDS[event.kind] ? event.kind : 'other'; }
/** The end of a construct path says enough at the head of a lane. */
function shortName(name) { const parts = name.split('/').filter((part) => part !== 'Function'); return parts.length > 2 ? parts.slice(-2).join('/') : name; }
/** Services share a lane, and so do people: what is said names them. */
function laneOf(party) { return party.kind === 'service' ? 'services' : party.kind === 'person' ? 'people' : party.kind === 'rehearsal' ? 'rehearsal' : partyKey(party); }
function partyKey(party) { return party.kind + ' ' + party.name; }

function tone(event) {
  if (event.kind === 'decision') return event.decision.allowed ? 'is-good' : 'is-bad';
  if (event.kind === 'fault') return 'is-bad';
  if (event.kind === 'call') return event.outcome === 'ok' ? '' : 'is-bad';
  if (event.kind === 'function') return event.outcome === 'ok' ? '' : 'is-bad';
  if (event.kind === 'deploy') return event.outcome === 'failed' ? 'is-bad' : '';
  if (event.kind === 'connection') return event.change === 'refused' ? 'is-bad' : '';
  if (event.kind === 'incident' || event.kind === 'gap' || event.kind === 'time') return 'is-note';
  return '';
}

function factsOf(event) {
  const facts = [['who', partyKey(event.who)]];
  if (event.toWhom) facts.push(['to whom', partyKey(event.toWhom)]);
  const add = (name, value) => { if (value !== undefined && value !== '') facts.push([name, String(value)]); };
  const decision = event.decision;
  if (decision) {
    add('action', decision.action); add('resource', decision.resource); add('decision', decision.allowed ? 'allowed' : 'denied');
    for (const statement of decision.because) add(statement.effect === 'Deny' ? 'denied by' : 'allowed by', statement.label);
    add('missing', decision.missing);
  }
  for (const name of ['clientId', 'thingName', 'certificateId', 'sourceIp', 'reason', 'topic', 'bytes', 'preview', 'service', 'operation', 'outcome', 'functionName', 'source', 'subject', 'from', 'to', 'meaning', 'code', 'detail', 'stack', 'logicalId', 'resourceType']) add(name, event[name]);
  return el('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { class: 'mono' }, value)]));
}

/** Calls that follow each other and differ in nothing that is shown are one row. */
function sameRow(a, b) {
  return a !== undefined && a.kind === b.kind && a.kind !== 'step' && a.what === b.what && a.at === b.at && a.outcome === b.outcome
    && partyKey(a.who) === partyKey(b.who) && (a.toWhom && partyKey(a.toWhom)) === (b.toWhom && partyKey(b.toWhom))
    && (a.decision && a.decision.resource) === (b.decision && b.decision.resource);
}

function rowOf(event, lanes, startedAt, times) {
  const what = times > 1 ? event.what + ' (' + times + ' times)' : event.what;
  const from = lanes.indexOf(laneOf(event.who));
  const to = event.toWhom ? lanes.indexOf(laneOf(event.toWhom)) : from;
  const middle = (lane) => 'calc((' + lane + ' + 0.5) * var(--lane))';
  const left = Math.max(0, Math.min(from, to)), far = Math.max(0, from, to);
  const last = left > lanes.length - 5 && lanes.length > 4;
  const place = last ? { right: 'calc((' + (lanes.length - far - 1) + ' + 0.5) * var(--lane))' } : { left: middle(left) };
  const line = from < 0 || to < 0 ? '' : from === to
    ? el('span', { class: 'dot', style: { left: middle(from) } })
    : el('span', { class: 'arrow ' + (to > from ? 'right' : 'left'), style: { left: middle(left), width: 'calc(' + (far - left) + ' * var(--lane))' } });
  const route = event.toWhom && from !== to ? event.who.name + ' → ' + event.toWhom.name + ': ' : '';
  const summary = el('summary', {},
    el('span', { class: 'time' }, clock(event.at - startedAt)),
    el('span', { class: 'lanes', 'aria-hidden': 'true' }, line, el('span', { class: 'label', style: place }, what)),
    el('span', { class: 'words' }, route + what));
  summary.setAttribute('aria-label', clock(event.at - startedAt) + ' ' + route + what);
  const row = el('details', { class: 'event ' + tone(event) }, summary);
  // Facts are made when they are asked for: a run has thousands of events.
  row.addEventListener('toggle', () => { if (row.open && row.childElementCount === 1) row.append(factsOf(event)); });
  row._search = (route + what + ' ' + JSON.stringify(event)).toLowerCase();
  row._kind = kindOf(event);
  return row;
}

function storyOf(story, index) {
  const startedAt = story.events.length ? story.events[0].at : 0;
  // What happens before the first step is the deployment: it is there for those who look for it.
  const first = Math.max(0, story.events.findIndex((event) => event.kind === 'step'));
  const parties = new Map();
  const rank = { person: 0, device: 1, broker: 2, service: 3, function: 4, stack: 5, rehearsal: 6 };
  for (const event of story.events.slice(first)) {
    if (event.kind !== 'step') for (const party of [event.who, event.toWhom]) if (party) parties.set(laneOf(party), party);
  }
  const lanes = [...parties.keys()].sort((a, b) => rank[parties.get(a).kind] - rank[parties.get(b).kind]);
  const headOf = (lane) => {
    const party = parties.get(lane);
    const shared = lane !== partyKey(party);
    return el('div', { title: shared ? lane : party.name }, el('b', {}, shared ? lane : shortName(party.name)), shared ? '' : party.kind);
  };
  const wide = el('div', { class: 'wide', style: { '--lanes': String(lanes.length) } }, el('div', { class: 'heads', 'aria-hidden': 'true' }, ...lanes.map(headOf)));
  const deployment = el('details', { class: 'deployment' }, el('summary', { class: 'stepline' }, 'Deployment (' + first + ' events)'));
  if (first > 0) wide.append(deployment);
  const rows = [];
  let step = 0;
  for (let at = 0; at < story.events.length; at++) {
    const event = story.events[at];
    if (event.kind === 'step') {
      if (event.outcome === 'begun') wide.append(el('div', { class: 'stepline', id: 'story-' + index + '-step-' + step++ }, event.what));
      else if (event.outcome === 'failed') wide.append(el('div', { class: 'stepline bad' }, 'failed: ' + (event.reason || '')));
      continue;
    }
    let times = 1;
    while (sameRow(story.events[at + 1], event)) { times++; at++; }
    const row = rowOf(event, lanes, startedAt, times);
    rows.push(row);
    (at < first ? deployment : wide).append(row);
  }
  const marks = { met: ['ok', 'good'], failed: ['failed', 'bad'], 'not reached': ['not reached', 'note'] };
  const steps = el('ol', { class: 'steps' }, ...story.steps.map(({ text, outcome, reason }, at) => el('li', {},
    el('span', { class: 'mark ' + marks[outcome][1] }, marks[outcome][0]),
    outcome === 'not reached' ? text : el('a', { href: '#story-' + index + '-step-' + at }, text),
    reason ? el('div', { class: 'bad mono' }, reason) : undefined)));
  const section = el('section', { 'aria-labelledby': 'story-' + index },
    el('h2', { id: 'story-' + index }, story.title + ' '),
    el('p', {}, el('span', { class: 'verdict ' + (story.green ? 'good' : 'bad') }, story.green ? 'green' : 'red'), el('span', { class: 'quiet' }, '  ' + story.file)));
  if (story.reasons.length) section.append(el('h3', {}, 'Why it is red'), el('ul', { class: 'reasons' }, ...story.reasons.map((each) => el('li', {}, each))));
  section.append(el('h3', {}, 'Steps'), steps, el('h3', {}, 'Who said what to whom'), tools(rows), el('div', { class: 'diagram', tabindex: '0', role: 'region', 'aria-label': 'Sequence of events' }, wide));
  if (story.gaps.length) section.append(el('h3', {}, 'What is not modelled'), el('ul', { class: 'reasons' }, ...story.gaps.map(({ subject, where, meaning }) => el('li', {}, el('code', {}, subject), ' (' + where + '): ' + meaning))));
  return section;
}

function tools(rows) {
  const off = new Set(hidden);
  const search = el('input', { type: 'search', placeholder: 'Search events', 'aria-label': 'Search events' });
  const count = el('span', { class: 'quiet', 'aria-live': 'polite' });
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const visible = !off.has(row._kind) && (wanted === '' || row._search.includes(wanted));
      row.hidden = !visible;
      if (visible) shown++;
    }
    count.textContent = shown + ' of ' + rows.length + ' events';
  };
  search.addEventListener('input', apply);
  const present = new Set(rows.map((row) => row._kind));
  const boxes = Object.keys(KINDS).filter((kind) => present.has(kind)).map((kind) => {
    const box = el('input', { type: 'checkbox', checked: !off.has(kind) });
    box.addEventListener('change', () => { if (box.checked) off.delete(kind); else off.add(kind); apply(); });
    return el('label', {}, box, ' ' + KINDS[kind]);
  });
  apply();
  return el('div', { class: 'tools' }, search, ...boxes, count);
}

record.stories.forEach((story, index) => main.append(storyOf(story, index)));
`;
