// What the house of the page does with actions: devices, rooms, exceptions and words; every intent of the schema.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './support.mjs';

// A browser loads the page's scripts as modules; node does so only if a package.json says so.
const page = mkdtempSync(path.join(os.tmpdir(), 'ringlet-page-'));
after(() => rmSync(page, { recursive: true }));
cpSync(path.join(root, 'ports/wasm/page'), page, { recursive: true });
writeFileSync(path.join(page, 'package.json'), '{"type": "module"}');
const house = (name) => import(pathToFileURL(path.join(page, 'house', name)));
const { divideHome, readHome } = await house('home.js');
const { describe, Obedience } = await house('obey.js');
const { decide } = await house('decide.js');

const text = '<floor>upstairs<garage>garage door<lock>front door<scene>movie night<list>shopping<vacuum>robot<area>kitchen'
  + '<light>ceiling light<light>strip<blind>left blind<media>radio<area>office<light>desk lamp<fan>fan<climate>nest\n';

function obey(...actions) {
  const home = readHome(text);
  const obedience = new Obedience(home);
  const told = actions.map((action) => obedience.do(action, 'kitchen'));
  return { told, state: Object.fromEntries(home.devices.map((device) => [device.name, describe(device)])) };
}

test('a home is read room by room', () => {
  const { floors, rooms } = readHome(text);
  assert.deepEqual(floors, ['upstairs']);
  assert.deepEqual(rooms.map(({ name, devices }) => [name, devices.length]), [['', 5], ['kitchen', 4], ['office', 3]]);
});

test('a home that is none is refused', () => {
  assert.throws(() => divideHome(new ArrayBuffer(64)), { message: 'home.bin: not a home' });
});

test('devices are those that were named, of the room, or of all', () => {
  const on = { do: 'on' };
  for (const [action, lit] of [
    [{ ...on, name: 'desk lamp' }, ['desk lamp']], [{ ...on, type: 'light' }, ['ceiling light', 'strip']],
    [{ ...on, area: 'office', type: 'light' }, ['desk lamp']], [{ ...on, area: 'all', type: 'light' }, ['ceiling light', 'strip', 'desk lamp']],
    [{ ...on, area: 'all', type: 'light', except_name: 'strip' }, ['ceiling light', 'desk lamp']],
    [{ ...on, area: 'all', type: 'light', except_area: 'kitchen' }, ['desk lamp']], [{ ...on, area: 'upstairs' }, []],
  ]) {
    const { state } = obey(action);
    const lamps = ['ceiling light', 'strip', 'desk lamp'];
    assert.deepEqual(lamps.filter((name) => state[name] !== 'off'), lit, JSON.stringify(action));
  }
});

test('states are what was said', () => {
  const { told, state } = obey({ do: 'brightness', name: 'strip', value: 30 }, { do: 'color', name: 'it', color: 'blue' },
    { do: 'position', name: 'left blind', value: 40 }, { do: 'unlock', name: 'front door' }, { do: 'open', type: 'garage' },
    { do: 'set_temperature', value: 21.5 }, { do: 'warmer' }, { do: 'play', query: 'jazz' }, { do: 'volume', value: 70 },
    { do: 'list_add', item: 'milk' }, { do: 'list_add', item: 'tea' }, { do: 'list_done', item: 'milk' }, { do: 'clean' },
    { do: 'scene', name: 'movie night' }, { do: 'speed', value: 80, area: 'office' });
  assert.deepEqual(state, {
    'garage door': 'open', 'front door': 'unlocked', 'movie night': 'chosen', shopping: 'tea', robot: 'cleans', 'ceiling light': 'off',
    strip: '30 %, blue', 'left blind': '40 % open', radio: 'jazz, volume 70', 'desk lamp': 'off', fan: '80 %', nest: '22.5°',
  });
  assert.equal(told[1], 'strip: 30 %, blue.');
});

test('timers run by name, and plans are only said', () => {
  const { told, state } = obey({ do: 'timer_start', timer: 'pasta', minutes: 5 }, { do: 'timer_start', hours: 1 },
    { do: 'timer_cancel', timer: 'pasta' }, { do: 'timer_cancel_all' }, { do: 'on', name: 'strip', in_minutes: 5 });
  assert.deepEqual(told, ['timer pasta: 5 min left.', 'timer pasta: 5 min left; timer: 1 h left.', 'timer: 1 h left.',
    'No timer runs.', 'Planned in 5 min: on strip.']);
  assert.equal(state.strip, 'off');
});

test('every intent of the schema has words', () => {
  const source = 'import json, schema; print(json.dumps({name: intent.keys for name, intent in schema.TABLE.items()}))';
  const table = JSON.parse(execFileSync('python3', ['-B', '-c', source], {
    encoding: 'utf8', cwd: path.join(root, 'tools/commands-model') }));
  const values = { name: 'it', area: 'all', item: 'milk', query: 'jazz', message: 'dinner', value: 10, color: 'red', why: 'other' };
  for (const [intent, keys] of Object.entries(table)) {
    const given = Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
    for (const action of [{ do: intent }, { do: intent, ...given }]) {
      assert.match(obey(action).told[0], /^\S.*\.$/, JSON.stringify(action));
    }
  }
});

test('decisions are by confidence', () => {
  const [on, unlock, none] = [[{ do: 'on' }], [{ do: 'on' }, { do: 'unlock' }], [{ do: 'none', why: 'other' }]];
  for (const [actions, confidence, allowed, decision] of [
    [on, 0.5, 1, 'act'], [on, 0.4999, 1, 'ask'], [on, 0.0999, 1, 'ignore'], [on, 1, 0.0199, 'ignore'], [unlock, 0.8999, 1, 'ask'],
    [unlock, Math.fround(0.9), 1, 'act'], [none, 1, 1, 'ignore'], [[], 1, 1, 'ignore'],
  ]) {
    assert.equal(decide(actions, { confidence, allowed }), decision, JSON.stringify([actions, confidence, allowed]));
  }
});
