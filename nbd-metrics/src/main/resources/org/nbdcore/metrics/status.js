'use strict';
// Text of clients, names and messages goes into the page by textContent only, never as HTML.

const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
let token = sessionStorage.getItem('nbd-core-token') || '';
let interval = 2;

function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return (i === 0 ? Math.round(n) : n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)) + ' ' + units[i];
}

function rate(n) {
  const mib = n / 1048576;
  return (mib < 10 ? mib.toFixed(2) : mib < 100 ? mib.toFixed(1) : mib.toFixed(0)) + ' MiB/s';
}

function time(s) {
  if (s === null || s === undefined) return '';
  const h = Math.floor(s / 3600);
  const m = Math.floor(s % 3600 / 60);
  if (h >= 48) return Math.floor(h / 24) + ' d ' + h % 24 + ' h';
  if (h > 0) return h + ' h ' + m + ' min';
  return m > 0 ? m + ' min ' + s % 60 + ' s' : s + ' s';
}

function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

// A cell is {text, small, kind, label, bar, button}. Rows are kept by key, so a click is not lost.
function fill(table, rows) {
  const labels = [...table.tHead.rows[0].cells].map(cell => cell.textContent);
  const body = table.tBodies[0];
  const kept = new Map([...body.rows].map(row => [row.dataset.key, row]));
  rows.forEach(({key, cells}, at) => {
    let row = kept.get(key);
    if (!row) {
      row = element('tr');
      row.dataset.key = key;
      cells.forEach((cell, i) => {
        const td = element('td', cell.kind);
        td.dataset.label = labels[i];
        row.append(td);
      });
    }
    kept.delete(key);
    if (body.rows[at] !== row) body.insertBefore(row, body.rows[at] || null);
    cells.forEach((cell, i) => show(row.cells[i], cell));
  });
  kept.forEach(row => row.remove());
}

function show(td, cell) {
  if (td.className !== cell.kind) td.className = cell.kind;
  if (cell.bar !== undefined) {
    if (!td.firstChild) {
      const bar = element('div', 'bar');
      bar.append(element('i'), element('span'));
      td.append(bar, element('small'));
    }
    td.firstChild.hidden = cell.bar === null;
    td.querySelector('i').style.width = (cell.bar || 0) + '%';
    text(td.querySelector('span'), cell.text);
    text(td.lastChild, cell.small);
    return;
  }
  td.classList.toggle('blank', cell.text === '' && !cell.small);
  if (cell.button) {
    if (!td.firstChild) td.append(cell.button());
    return;
  }
  if (cell.small === undefined) {
    text(td, cell.text);
    return;
  }
  if (!td.firstChild) td.append(element('span'), element('small'));
  text(td.firstChild, cell.text);
  text(td.lastChild, cell.small);
}

function path(d, className) {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('d', d);
  made.setAttribute('class', className);
  return made;
}

function chart(rates) {
  const svg = $('chart');
  const most = 150;
  const top = Math.max(1048576, ...rates.readHistory, ...rates.writtenHistory) * 1.05;
  const drawn = [path('M0 1H600M0 60H600M0 119H600', 'grid')];
  for (const [kind, values] of [['written', rates.writtenHistory], ['read', rates.readHistory]]) {
    if (values.length < 2) continue;
    const x = i => (600 - (values.length - 1 - i) * 600 / (most - 1)).toFixed(1);
    const line = values.map((v, i) => x(i) + ' ' + (119 - 118 * v / top).toFixed(1)).join('L');
    drawn.push(path('M' + x(0) + ' 119L' + line + 'L600 119Z', 'area ' + kind), path('M' + line, kind));
  }
  svg.replaceChildren(...drawn);
  text($('chart-from'), (most * interval / 60) + ' minutes ago');
  text($('chart-top'), 'top of the chart: ' + rate(top));
}

// The first click asks, the second one within four seconds acts.
function danger(button, label, act) {
  let asked = 0;
  button.addEventListener('click', () => {
    if (asked) {
      clearTimeout(asked);
      asked = 0;
      button.disabled = true;
      act().finally(() => {
        button.disabled = false;
        button.classList.remove('sure');
        button.textContent = label;
      });
      return;
    }
    button.classList.add('sure');
    button.textContent = 'Sure?';
    asked = setTimeout(() => {
      asked = 0;
      button.classList.remove('sure');
      button.textContent = label;
    }, 4000);
  });
}

function request(url, method) {
  const headers = token ? {Authorization: 'Bearer ' + token} : {};
  return fetch(url, {method, headers, cache: 'no-store'});
}

async function act(url) {
  try {
    const answer = await request(url, 'POST');
    if (!answer.ok) problem(await answer.text());
  } catch (e) {
    problem('the server does not answer');
  }
  await poll();
}

function problem(message) {
  text($('problem'), message);
  $('problem').hidden = !message;
}

function moved(total, now) {
  return total === 0 ? {text: '', small: ''} : {text: bytes(total), small: rate(now)};
}

// How much of the data that the clients know of they have read; clients that ask nothing know none.
function data(e) {
  return e.data > 0 ? 'data: ' + bytes(Math.min(e.dataRead, e.data)) + ' of ' + bytes(e.data) : '';
}

function exportRow(e) {
  const percent = e.size > 0 ? Math.min(100, 100 * e.position / e.size) : null;
  const active = e.connections > 0 && e.size > 0;
  return {
    key: e.name,
    cells: [
      {kind: 'text whole', text: e.name === '' ? '(default)' : e.name, small: e.failure || e.description},
      {kind: 'state', text: e.state},
      {kind: 'n', text: String(e.connections)},
      {
        kind: 'bar-cell',
        bar: active ? percent : null,
        text: active ? percent.toFixed(1) + ' % of ' + bytes(e.size) : '',
        small: active ? data(e) : '',
      },
      {kind: 'n', text: time(e.secondsLeft)},
      {kind: 'n', ...moved(e.bytesRead, e.rates.read)},
      {kind: 'n', ...moved(e.bytesWritten, e.rates.written)},
      {kind: e.errors > 0 ? 'n bad' : 'n', text: String(e.errors)},
    ],
  };
}

function connectionRow(c, actions) {
  return {
    key: String(c.number),
    cells: [
      {kind: 'n', text: String(c.number)},
      {kind: 'text', text: c.peer, small: [c.tls ? 'TLS' : '', c.identity || ''].filter(Boolean).join(' ')},
      {kind: 'text', text: c.export === undefined ? '(handshake)' : c.export || '(default)'},
      {kind: 'n', text: time(c.seconds)},
      {kind: 'n', text: bytes(c.bytesRead)},
      {kind: 'n', text: bytes(c.bytesWritten)},
      {kind: 'n', text: String(c.inProgress)},
      {kind: 'n', text: String(c.errors)},
      actions ? {kind: 'n', button: () => disconnectButton(c.number)} : {kind: 'n', text: ''},
    ],
  };
}

function disconnectButton(number) {
  const button = element('button', 'danger', 'Disconnect');
  danger(button, 'Disconnect', () => act('disconnect?connection=' + number));
  return button;
}

function render(s) {
  interval = s.interval;
  document.title = s.name + (s.problem ? ': ' + s.problem : '');
  text($('name'), s.name);
  const state = $('state');
  text(state, s.problem && s.state === 'running' ? 'not ready' : s.state);
  state.className = 'badge ' + (s.problem ? 'bad' : 'good');
  problem(s.problem);
  text($('uptime'), 'up ' + time(s.uptimeSeconds));
  text($('read'), rate(s.rates.read));
  text($('written'), rate(s.rates.written));
  text($('clients'), String(s.connections.length));
  text($('waiting'), String(s.connections.reduce((sum, c) => sum + c.inProgress, 0)));
  text($('memory'), bytes(s.memoryInUse));
  text($('memory-limit'), 'buffers of ' + bytes(s.memoryLimit));
  text($('threads'), String(s.threads));
  text($('version'), 'nbd-core ' + s.version);
  chart(s.rates);
  fill($('exports'), s.exports.map(exportRow));
  fill($('connections'), s.connections.map(c => connectionRow(c, s.actions)));
  $('exports').hidden = s.exports.length === 0;
  $('no-exports').hidden = s.exports.length > 0;
  $('connections').hidden = s.connections.length === 0;
  $('no-connections').hidden = s.connections.length > 0;
  $('drain').hidden = !s.actions || s.state !== 'running';
  $('messages-part').hidden = s.messages.length === 0;
  $('messages').replaceChildren(...s.messages.map(m => {
    const item = element('li', m.level === 'error' ? 'bad' : 'warn');
    item.append(element('span', '', m.text), element('small', '', time(m.secondsAgo) + ' ago'));
    return item;
  }));
  $('main').hidden = false;
  $('login').hidden = true;
}

async function poll() {
  try {
    const answer = await request('status.json', 'GET');
    if (answer.status === 401) {
      $('main').hidden = true;
      $('drain').hidden = true;
      $('login').hidden = false;
      text($('state'), token ? 'wrong token' : 'locked');
      return;
    }
    if (!answer.ok) {
      problem(await answer.text());
      return;
    }
    render(await answer.json());
  } catch (e) {
    text($('state'), 'unreachable');
    $('state').className = 'badge bad';
    problem('The server does not answer. It may have stopped.');
  }
}

$('login').addEventListener('submit', event => {
  event.preventDefault();
  token = $('token').value.trim();
  sessionStorage.setItem('nbd-core-token', token);
  $('token').value = '';
  poll();
});
danger($('drain'), 'Drain server', () => act('drain'));

async function loop() {
  if (!document.hidden) await poll();
  setTimeout(loop, interval * 1000);
}
document.addEventListener('visibilitychange', () => document.hidden || poll());
loop();
