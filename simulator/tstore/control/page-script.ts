/**
 * The page's script. Everything shown is set as text, never as HTML: order numbers, addresses and answers come from
 * strangers.
 */
export const PAGE_SCRIPT = `
'use strict';
const SHOWN = 30;
const byId = (id) => document.getElementById(id);

function node(tag, text, ...children) {
  const made = document.createElement(tag);
  if (text !== null && text !== undefined) made.textContent = String(text);
  made.append(...children);
  return made;
}

function button(text, act) {
  const made = node('button', text);
  made.addEventListener('click', () => act().then(refresh, say));
  return made;
}

function say(error) {
  byId('message').textContent = error ? String(error.message || error) : '';
}

async function call(method, path, body) {
  const answer = await fetch('/_simulator' + path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: method === 'GET' ? undefined : JSON.stringify(body || {}),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.error || answer.status);
  say(null);
  return read;
}

function table(id, heads, rows) {
  const head = node('tr', null, ...heads.map((text) => node('th', text)));
  const cells = (row) => row.map((cell) => (cell instanceof Node ? node('td', null, cell) : node('td', cell ?? '–')));
  const body = rows.length > 0
    ? rows.map((row) => node('tr', null, ...cells(row)))
    : [node('tr', null, node('td', 'none yet'))];
  byId(id).replaceChildren(head, ...body);
}

const won = (amount) => Number(amount).toLocaleString('en-US');
const time = (iso) => (iso ? iso.replace('T', ' ').slice(0, 19) : null);
const latest = (list) => list.slice(-SHOWN).reverse();

function showStatus(status) {
  byId('now').textContent = time(status.clock.now) + ' UTC, speed ' + status.clock.factor;
  const book = status.book;
  table('book', ['', 'payments', 'won'], [
    ['accepted', won(book.acceptedCount), won(book.acceptedAmount)],
    ['charged', won(book.chargedCount), won(book.chargedAmount)],
    ['declined', won(book.declinedCount), won(book.declinedAmount)],
    ['dropped', won(book.droppedCount), won(book.droppedAmount)],
    ['refunded', won(book.refundCount), won(book.refundedAmount)],
    ['not processed yet', won(book.waitingCount), null],
  ]);
}

function showJobs({ jobs }) {
  table('jobs', ['job', 'state', 'rows', 'declared', 'won', 'charged', 'declined', 'accepted', 'verified', 'result'],
    latest(jobs).map((job) => [
      job.jobId, job.unanswered ? job.state + ', never answered' : job.state, won(job.rows), won(job.declaredRows),
      won(job.amount), won(job.totals.chargedCount), won(job.totals.declinedCount), time(job.acceptedAt),
      time(job.verifiedAt), job.resultOpen ? 'open' : 'closed',
    ]));
}

function showNotifications({ notifications }) {
  table('notifications', ['id', 'job', 'message', 'state', 'sent', 'last answer', 'next', ''],
    latest(notifications).map((one) => {
      const last = one.attempts[one.attempts.length - 1];
      return [
        one.id, one.jobId, (one.genuine ? '' : 'forged ') + one.members.event + ' ' + one.members.status, one.state,
        one.attempts.length + ' times', last ? last.failure || last.status + ' ' + last.resultCode : null,
        time(one.nextAt), button('Send', () => call('POST', '/notifications/' + one.id + '/send')),
      ];
    }));
}

function showFaults({ faults }) {
  table('armed', ['fault', 'how often', 'options', 'struck', ''],
    faults.map((fault) => [
      fault.kind,
      (fault.timesLeft === null ? 'always' : fault.timesLeft + ' more') + (fault.share < 1 ? ', share ' + fault.share : '') +
        (fault.jobId ? ', job ' + fault.jobId : ''),
      JSON.stringify(fault.options), fault.struck,
      button('Disarm', () => call('DELETE', '/faults/' + fault.id)),
    ]));
}

function showCalls({ calls }) {
  table('calls', ['at', '', 'call', 'status', 'about', 'faults'],
    latest(calls).map((one) => [
      time(one.at), one.direction, one.method + ' ' + one.path, one.status === null ? 'cut' : one.status, one.note,
      one.faults.join(', '),
    ]));
}

function optionField(name, fallback) {
  const field = node('input');
  field.type = typeof fallback === 'boolean' ? 'checkbox' : typeof fallback === 'number' ? 'number' : 'text';
  field.step = 'any';
  if (typeof fallback === 'boolean') field.checked = fallback;
  else field.value = fallback;
  const read = () => [name, field.type === 'checkbox' ? field.checked : field.type === 'number' ? Number(field.value) : field.value];
  return { label: node('label', name + ' ', field), read };
}

function orderOf(kind, fields) {
  const order = { kind, options: Object.fromEntries(fields.map((field) => field.read())) };
  const given = byId('times').value;
  const share = byId('share').value;
  const jobId = byId('jobId').value;
  if (given !== '') order.times = Number(given);
  if (share !== '') order.share = Number(share);
  if (jobId !== '') order.jobId = jobId;
  return order;
}

function showKinds(kinds) {
  table('kinds', ['at', 'fault', 'what happens', 'options', ''],
    Object.entries(kinds).map(([kind, { point, what, options }]) => {
      const fields = Object.entries(options).map(([name, fallback]) => optionField(name, fallback));
      return [
        point, kind, what, node('span', null, ...fields.map((field) => field.label)),
        button('Arm', () => call('POST', '/faults', orderOf(kind, fields))),
      ];
    }));
}

async function refresh() {
  const [status, jobs, notifications, faults, calls] = await Promise.all(
    ['/status', '/jobs', '/notifications', '/faults', '/calls'].map((path) => call('GET', path)));
  showStatus(status);
  showJobs(jobs);
  showNotifications(notifications);
  showFaults(faults);
  showCalls(calls);
}

const MOVES = [['1 minute', 60e3], ['31 minutes', 31 * 60e3], ['12 hours', 12 * 3600e3], ['48 hours', 48 * 3600e3]];
byId('moves').append(...MOVES.map(([text, advanceMs]) => button('Move on ' + text, () => call('POST', '/clock', { advanceMs }))));
byId('acts').append(
  button('Complete jobs and send all messages', () => call('POST', '/notifications/deliver')),
  button('Revoke all tokens', () => call('POST', '/tokens/revoke')),
  button('Disarm all faults', () => call('DELETE', '/faults')));

call('GET', '/fault-kinds').then(showKinds).then(refresh).catch(say);
setInterval(() => { if (!document.hidden) refresh().catch(say); }, 2000);
`;
