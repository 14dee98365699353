/**
 * What the report does in the browser. Text gets into the page as text nodes only, so that no name of a device, topic or
 * resource is ever read as markup.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const record = JSON.parse(document.getElementById('record').textContent);
const main = document.querySelector('main');
const KINDS = { connection: 'connections', decision: 'decisions', message: 'messages', function: 'functions', call: 'calls', incident: 'incidents', alarm: 'alarms', audit: 'audits', deploy: 'deployment', other: 'other' };
const RANK = { person: 0, device: 1, broker: 2, service: 3, function: 4, stack: 5, rehearsal: 6 };
/** Lanes of a kind; with more of them, the last is shared. */
const MOST_LANES = { device: 5, function: 6, stack: 1 };
const PAGE = 300, OPEN_UP_TO = 1500, SHOWN_AT_ONCE = 20;

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
/** With places at which a line may break, so that none breaks within a word. */
function broken(name) { return name.split(/(?<=[/-])/).flatMap((part, at) => (at === 0 ? [part] : [el('wbr'), part])); }
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
  if (event.kind === 'alarm') return event.to === 'ALARM' ? 'is-bad' : event.from === 'ALARM' ? 'is-good' : '';
  if (event.kind === 'audit') return event.checks.some(({ outcome }) => outcome === 'found' || outcome === 'failed') ? 'is-bad' : 'is-good';
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

/** Lanes of a story: who speaks seldom shares one, so that the page stays as wide as a screen. */
function lanesOf(events) {
  const parties = new Map();
  for (const event of events) {
    if (event.kind === 'step') continue;
    for (const party of [event.who, event.toWhom]) {
      if (!party) continue;
      const known = parties.get(laneOf(party));
      if (known) known.count++;
      else parties.set(laneOf(party), { party, count: 1, order: parties.size });
    }
  }
  const shared = new Map();
  for (const [kind, most] of Object.entries(MOST_LANES)) {
    const all = [...parties].filter(([, { party }]) => party.kind === kind).sort(([, a], [, b]) => b.count - a.count || a.order - b.order);
    if (all.length > most) for (const [lane] of all.slice(most - 1)) shared.set(lane, 'other ' + kind + 's');
  }
  const lanes = new Map();
  for (const [lane, { party }] of [...parties].sort(([, a], [, b]) => RANK[a.party.kind] - RANK[b.party.kind] || a.order - b.order)) {
    const own = shared.get(lane);
    if (own === undefined) lanes.set(lane, { lane, party });
  }
  for (const [lane, name] of shared) lanes.set(lane, { lane: name, party: parties.get(lane).party });
  const order = [...new Map([...lanes.values()].map((each) => [each.lane, each])).values()].sort((a, b) => RANK[a.party.kind] - RANK[b.party.kind]);
  const index = new Map(order.map(({ lane }, at) => [lane, at]));
  return { order, of: (party) => { const found = lanes.get(laneOf(party)); return found === undefined ? -1 : index.get(found.lane); }, isShared: (party) => shared.has(laneOf(party)) };
}

function rowOf(event, lanes, startedAt) {
  const count = lanes.order.length;
  const from = lanes.of(event.who);
  const to = event.toWhom ? lanes.of(event.toWhom) : from;
  const what = event.what + (event.times > 1 ? ' (' + event.times + ' times)' : '');
  const middle = (lane) => 'calc((' + lane + ' + 0.5) * var(--lane))';
  const left = Math.max(0, Math.min(from, to)), far = Math.max(0, from, to);
  // A label begins, or ends, where there is more room for it.
  const ends = left + far >= count && count > 4;
  const place = ends
    ? { right: 'calc((' + (count - far - 1) + ' + 0.5) * var(--lane))', 'max-width': 'calc((' + far + ' + 0.5) * var(--lane))' }
    : { left: middle(left), 'max-width': 'calc((' + (count - left) + ' - 0.5) * var(--lane))' };
  const line = from < 0 || to < 0 ? '' : from === to
    ? el('span', { class: 'dot', style: { left: middle(from) } })
    : el('span', { class: 'arrow ' + (to > from ? 'right' : 'left'), style: { left: middle(left), width: 'calc(' + (far - left) + ' * var(--lane))' } });
  const route = event.toWhom && from !== to ? event.who.name + ' → ' + event.toWhom.name + ': ' : '';
  const who = [event.who, event.toWhom].find((party) => party && lanes.isShared(party) && !what.includes(party.name));
  const summary = el('summary', {},
    el('span', { class: 'time' }, clock(event.at - startedAt)),
    el('span', { class: 'lanes', 'aria-hidden': 'true' }, line, el('span', { class: 'label', style: place }, (who ? who.name + ': ' : '') + what)),
    el('span', { class: 'words' }, route + what));
  summary.setAttribute('aria-label', clock(event.at - startedAt) + ' ' + route + what);
  const row = el('details', { class: 'event ' + tone(event) }, summary);
  // Facts are made when they are asked for: a run has thousands of events.
  row.addEventListener('toggle', () => { if (row.open && row.childElementCount === 1) row.append(factsOf(event)); });
  return row;
}

/** A step, or the deployment, with its events: rows are made when it is open, a page at a time. */
function groupOf(title, events, id, lanes, startedAt) {
  const failed = events.find((event) => event.kind === 'step' && event.outcome === 'failed');
  const rows = events.filter((event) => event.kind !== 'step');
  const count = el('span', { class: 'quiet' });
  const body = el('div', {});
  const node = el('details', { class: 'group', id }, el('summary', { class: 'stepline' + (failed ? ' bad' : '') }, title + ' ', count), body);
  let wanted = () => true;
  let limit = PAGE;
  const draw = () => {
    if (!node.open) return;
    const visible = rows.filter(wanted);
    const more = visible.length - limit;
    body.replaceChildren(...visible.slice(0, limit).map((event) => rowOf(event, lanes, startedAt)));
    if (more > 0) {
      const button = el('button', { class: 'more', type: 'button' }, 'Show ' + Math.min(PAGE, more) + ' of ' + more + ' more');
      button.addEventListener('click', () => { const next = limit; limit += PAGE; draw(); const row = body.children[next]; if (row) row.querySelector('summary').focus(); });
      body.append(button);
    }
    if (failed) body.append(el('div', { class: 'stepline bad' }, 'failed: ' + (failed.reason || '')));
  };
  node.addEventListener('toggle', draw);
  return { node, rows, filter: (test) => {
    wanted = test;
    limit = PAGE;
    const shown = rows.filter(test).length;
    count.textContent = shown === rows.length ? (rows.length === 1 ? '1 event' : rows.length + ' events') : shown + ' of ' + rows.length + ' events';
    draw();
    return shown;
  } };
}

function groupsOf(story, index, lanes, startedAt) {
  const groups = [];
  let title = 'Deployment', from = 0, step = -1;
  const close = (to) => {
    const events = story.events.slice(from, to);
    if (step >= 0 || events.length > 0) groups.push(groupOf(title, events, step < 0 ? 'story-' + index + '-deployment' : 'story-' + index + '-step-' + step, lanes, startedAt));
  };
  story.events.forEach((event, at) => {
    if (event.kind !== 'step' || event.outcome !== 'begun') return;
    close(at);
    title = event.what; from = at; step++;
  });
  close(story.events.length);
  return groups;
}

/** The states of each incident, in order. */
function incidentsOf(story, startedAt) {
  const bySubject = new Map();
  for (const event of story.events) {
    if (event.kind !== 'incident') continue;
    if (!bySubject.has(event.subject)) bySubject.set(event.subject, []);
    bySubject.get(event.subject).push(event);
  }
  const list = [...bySubject].map(([subject, states]) => el('li', {}, el('code', {}, subject), ' ', el('span', {}, states.map(({ to, at }) => to + ' ' + clock(at - startedAt)).join(' → '))));
  if (list.length <= SHOWN_AT_ONCE) return el('ul', { class: 'reasons' }, ...list);
  return el('details', { class: 'many' }, el('summary', {}, list.length + ' devices'), el('ul', { class: 'reasons' }, ...list));
}

/** What is not modelled, each meaning once. */
function gapsOf(gaps) {
  const byMeaning = new Map();
  for (const { subject, where, meaning } of gaps) {
    const key = subject + '\n' + meaning;
    if (!byMeaning.has(key)) byMeaning.set(key, { subject, meaning, where: [] });
    byMeaning.get(key).where.push(where);
  }
  return el('ul', { class: 'reasons' }, ...[...byMeaning.values()].map(({ subject, meaning, where }) => el('li', {}, el('code', {}, subject), ': ' + meaning,
    where.length === 1 ? el('span', { class: 'quiet' }, ' (' + where[0] + ')') : el('details', {}, el('summary', {}, where.length + ' of them'), el('ul', {}, ...where.map((each) => el('li', { class: 'mono' }, each)))))));
}

function sumsOf(events) {
  const of = (kind, test) => events.reduce((sum, event) => sum + (event.kind === kind && test(event) ? event.times || 1 : 0), 0);
  const sums = [
    [of('decision', (event) => event.decision.allowed), 'requests of devices allowed'],
    [of('decision', (event) => !event.decision.allowed), 'denied'],
    [of('function', () => true), 'runs of functions'],
    [of('call', () => true), 'calls of services'],
    [of('call', (event) => event.decision && !event.decision.allowed), 'calls denied'],
  ];
  return el('p', { class: 'quiet' }, sums.map(([count, words]) => count + ' ' + words).join(' · '));
}

function storyOf(story, index) {
  const startedAt = story.events.length ? story.events[0].at : 0;
  // What happens before the first step is the deployment: it is there for those who look for it.
  const first = Math.max(0, story.events.findIndex((event) => event.kind === 'step'));
  const lanes = lanesOf(story.events.slice(first));
  const headOf = ({ lane, party }) => {
    const shared = lane !== partyKey(party);
    return el('div', { title: shared ? lane : party.name }, el('b', {}, ...broken(shared ? lane : shortName(party.name))), shared ? '' : party.kind);
  };
  const groups = groupsOf(story, index, lanes, startedAt);
  const few = groups.reduce((sum, { rows }) => sum + rows.length, 0) - (groups.length && first > 0 ? groups[0].rows.length : 0) <= OPEN_UP_TO;
  for (const [at, { node }] of groups.entries()) node.open = few && (at > 0 || first === 0);
  const marks = { met: ['ok', 'good'], failed: ['failed', 'bad'], 'not reached': ['not reached', 'note'] };
  const steps = el('ol', { class: 'steps' }, ...story.steps.map(({ text, outcome, reason }, at) => {
    const link = el('a', { href: '#story-' + index + '-step-' + at }, text);
    link.addEventListener('click', () => { const group = document.getElementById('story-' + index + '-step-' + at); if (group) group.open = true; });
    return el('li', {},
      el('span', { class: 'mark ' + marks[outcome][1] }, marks[outcome][0]),
      outcome === 'not reached' ? el('span', {}, text) : link,
      reason ? el('div', { class: 'bad mono' }, reason) : undefined);
  }));
  const section = el('section', { 'aria-labelledby': 'story-' + index },
    el('h2', { id: 'story-' + index }, story.title + ' '),
    el('p', {}, el('span', { class: 'verdict ' + (story.green ? 'good' : 'bad') }, story.green ? 'green' : 'red'), el('span', { class: 'quiet' }, '  ' + story.file)));
  if (story.reasons.length) section.append(el('h3', {}, 'Why it is red'), el('ul', { class: 'reasons' }, ...story.reasons.map((each) => el('li', {}, each))));
  section.append(el('h3', {}, 'Steps'), steps);
  if (story.events.some(({ kind }) => kind === 'incident')) section.append(el('h3', {}, 'Incidents'), incidentsOf(story, startedAt));
  section.append(el('h3', {}, 'Who said what to whom'), sumsOf(story.events));
  if (story.leftOut) section.append(el('p', { class: 'note' }, story.leftOut + ' events of a long run are left out: messages, calls and decisions that were allowed. All are in the JSON.'));
  section.append(el('div', { class: 'diagram', role: 'region', 'aria-label': 'Sequence of events', style: { '--lanes': String(lanes.order.length || 1) } },
    el('div', { class: 'top' }, tools(groups), el('div', { class: 'heads', 'aria-hidden': 'true' }, ...lanes.order.map(headOf))), ...groups.map(({ node }) => node)));
  if (story.gaps.length) section.append(el('h3', {}, 'What is not modelled'), gapsOf(story.gaps));
  return section;
}

function tools(groups) {
  const off = new Set();
  const search = el('input', { type: 'search', placeholder: 'Search events', 'aria-label': 'Search events' });
  const count = el('span', { class: 'quiet', 'aria-live': 'polite' });
  const all = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const texts = new WeakMap();
  const textOf = (event) => { let text = texts.get(event); if (text === undefined) texts.set(event, (text = JSON.stringify(event).toLowerCase())); return text; };
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const group of groups) {
      const found = group.filter((event) => !off.has(kindOf(event)) && (wanted === '' || textOf(event).includes(wanted)));
      if (wanted !== '') group.node.open = found > 0;
      shown += found;
    }
    count.textContent = shown + ' of ' + all + ' events';
  };
  let pending;
  search.addEventListener('input', () => { clearTimeout(pending); pending = setTimeout(apply, 150); });
  const present = new Set(groups.flatMap(({ rows }) => rows.map(kindOf)));
  const boxes = Object.keys(KINDS).filter((kind) => present.has(kind)).map((kind) => {
    const box = el('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => { if (box.checked) off.delete(kind); else off.add(kind); apply(); });
    return el('label', {}, box, ' ' + KINDS[kind]);
  });
  apply();
  return el('div', { class: 'tools' }, search, ...boxes, count);
}

if (record.stories.length > 1) main.append(el('nav', { 'aria-label': 'Stories' }, el('ol', { class: 'steps' }, ...record.stories.map((story, index) => el('li', {},
  el('span', { class: 'mark ' + (story.green ? 'good' : 'bad') }, story.green ? 'green' : 'red'), el('a', { href: '#story-' + index }, story.title))))));
record.stories.forEach((story, index) => main.append(storyOf(story, index)));
`;
