// What an action does to the devices of a home, and one line of words about it (tools/commands-model/SCHEMA.md).
import { isCover } from './home.js';

const clamp = (value) => Math.min(Math.max(value, 0), 100);
const step = 20; // of a change whose size was not said
const degree = 1;

/** What an intent is about, and what it does to a device. */
const switched = (kinds, change) => ({ fits: ({ kind }) => kinds.includes(kind), change });
const usual = ['light', 'fan', 'switch', 'media', 'climate'];
const intents = {
  on: switched(usual, (d) => { d.on = true; }),
  off: switched(usual, (d) => { d.on = false; }),
  toggle: switched(usual, (d) => { d.on = !d.on; }),
  open: { fits: ({ kind }) => isCover(kind), change: (d) => { d.open = 100; } },
  close: { fits: ({ kind }) => isCover(kind), change: (d) => { d.open = 0; } },
  stop: { fits: ({ kind }) => isCover(kind), change: () => {} },
  position: { fits: ({ kind }) => isCover(kind), change: (d, { value }) => { d.open = clamp(value); } },
  lock: switched(['lock'], (d) => { d.locked = true; }),
  unlock: switched(['lock'], (d) => { d.locked = false; }),
  brightness: switched(['light'], (d, { value }) => Object.assign(d, { on: value > 0, value: clamp(value) })),
  brighter: switched(['light'], (d, { value = step }) => Object.assign(d, { on: true, value: clamp(d.value + value) })),
  dimmer: switched(['light'], (d, { value = step }) => Object.assign(d, { value: clamp(d.value - value) })),
  color: switched(['light'], (d, { color }) => Object.assign(d, { on: true, color })),
  speed: switched(['fan'], (d, { value }) => Object.assign(d, { on: value > 0, value: clamp(value) })),
  volume: switched(['media'], (d, { value }) => Object.assign(d, { value: clamp(value), muted: false })),
  louder: switched(['media'], (d, { value = step }) => Object.assign(d, { value: clamp(d.value + value), muted: false })),
  quieter: switched(['media'], (d, { value = step }) => Object.assign(d, { value: clamp(d.value - value) })),
  mute: switched(['media'], (d) => { d.muted = true; }),
  unmute: switched(['media'], (d) => { d.muted = false; }),
  play: switched(['media'], (d, { query }) => Object.assign(d, { on: true, query })),
  pause: switched(['media'], (d) => { d.on = false; }),
  resume: switched(['media'], (d) => { d.on = true; }),
  next: switched(['media'], () => {}),
  previous: switched(['media'], () => {}),
  set_temperature: switched(['climate'], (d, { value }) => Object.assign(d, { on: true, value })),
  warmer: switched(['climate'], (d, { value = degree }) => { d.value += value; }),
  cooler: switched(['climate'], (d, { value = degree }) => { d.value -= value; }),
  clean: switched(['vacuum'], (d) => { d.cleaning = true; }),
  dock: switched(['vacuum'], (d) => { d.cleaning = false; }),
  get_temperature: switched(['climate'], null),
  ask: { fits: () => true, change: null },
};

/** The state of a device in words. */
export function describe(d) {
  if (isCover(d.kind)) return d.open === 0 ? 'closed' : d.open === 100 ? 'open' : `${d.open} % open`;
  const on = d.on ? 'on' : 'off';
  switch (d.kind) {
    case 'light': return d.on ? [`${d.value} %`, d.color].filter(Boolean).join(', ') : 'off';
    case 'fan': return d.on ? `${d.value} %` : 'off';
    case 'lock': return d.locked ? 'locked' : 'unlocked';
    case 'media': return [d.on ? d.query || 'plays' : 'silent', d.muted ? 'muted' : `volume ${d.value}`].join(', ');
    case 'climate': return d.on ? `${d.value}°` : 'off';
    case 'vacuum': return d.cleaning ? 'cleans' : 'docked';
    case 'list': return d.items.length === 0 ? 'empty' : d.items.join(', ');
    case 'scene': return d.chosen ? 'chosen' : '–';
    default: return on;
  }
}

export class Obedience {
  #home;
  #last = []; // devices that "it" is
  #timers = []; // {name, end}

  constructor(home) {
    this.#home = home;
  }

  /** Does one action as somebody in a room means it; words about it. */
  do(action, room) {
    const later = this.#later(action);
    if (later) return later;
    const intent = intents[action.do];
    if (intent) return this.#device(action, intent, room);
    return this.#other(action);
  }

  /** What has a delay or a time is only said: a page is not open for that long. */
  #later(action) {
    const { in_hours: hours, in_minutes: minutes, in_seconds: seconds, hour, minute = 0, day, ...rest } = action;
    if (action.do.startsWith('alarm') || action.do === 'weather') return '';
    const when = [hours && `in ${hours} h`, minutes && `in ${minutes} min`, seconds && `in ${seconds} s`, day,
      hour !== undefined && `at ${hour}:${String(minute).padStart(2, '0')}`].filter(Boolean).join(' ');
    return when && `Planned ${when}: ${sentence(rest)}.`;
  }

  #device(action, intent, room) {
    const devices = this.#meant(action, intent, room);
    if (devices.length === 0) return `Nothing here fits: ${sentence(action)}.`;
    this.#last = devices;
    if (intent.change) for (const device of devices) intent.change(device, action);
    return `${devices.map((device) => `${device.name}: ${describe(device)}`).join('; ')}.`;
  }

  /** The devices that an action is about. Without a place, those of the room in which it was said, if there are any. */
  #meant({ name, area, type, except_name: exceptName, except_area: exceptArea }, { fits }, room) {
    let devices = this.#home.devices.filter((device) => fits(device) && device.kind !== 'scene' && device.kind !== 'list');
    if (name === 'it') devices = this.#last.filter(fits);
    else if (name) devices = devices.filter((device) => device.name === name);
    if (type) devices = devices.filter(({ kind }) => kind === type || (type === 'door' && kind === 'lock'));
    if (area && area !== 'all') devices = devices.filter((device) => device.room === area);
    else if (!area && !name && devices.some((device) => device.room === room)) {
      devices = devices.filter((device) => device.room === room);
    }
    return devices.filter((device) => device.name !== exceptName && (!exceptArea || device.room !== exceptArea));
  }

  #other(action) {
    const list = this.#home.devices.find(({ kind, name }) => kind === 'list' && name === (action.name ?? 'shopping'));
    switch (action.do) {
      case 'scene': return this.#scene(action.name);
      case 'list_add': return list ? this.#list(list, [...list.items, action.item]) : 'There is no such list.';
      case 'list_done': return list ? this.#list(list, list.items.filter((item) => item !== action.item)) : 'There is no such list.';
      case 'list_read': return list ? `${list.name}: ${describe(list)}.` : 'There is no such list.';
      case 'timer_start': return this.#start(action);
      case 'timer_cancel': return this.#cancel(action);
      case 'timer_cancel_all': this.#timers = []; return 'No timer runs.';
      case 'timer_status': return this.#status();
      case 'time': return `It is ${new Date().toLocaleTimeString('en', { timeStyle: 'short' })}.`;
      case 'date': return `It is ${new Date().toLocaleDateString('en', { dateStyle: 'full' })}.`;
      case 'announce': return `Announced: ${action.message}.`;
      case 'nevermind': return 'Never mind.';
      case 'none': return action.why === 'missing' ? 'This home does not have that.' : 'That is not for the house.';
      default: return `Understood, but nothing to show on this page: ${sentence(action)}.`;
    }
  }

  #scene(name) {
    for (const device of this.#home.devices) if (device.kind === 'scene') device.chosen = device.name === name;
    return `The scene ${name} is chosen.`;
  }

  #list(list, items) {
    list.items = items;
    return `${list.name}: ${describe(list)}.`;
  }

  #start({ timer = '', hours = 0, minutes = 0, seconds = 0 }) {
    this.#timers.push({ name: timer, end: performance.now() + 1000 * (3600 * hours + 60 * minutes + seconds) });
    return this.#status();
  }

  /** Ends the timer of a name, or the newest one. */
  #cancel({ timer }) {
    const at = this.#timers.findLastIndex(({ name }) => timer === undefined || name === timer);
    if (at >= 0) this.#timers.splice(at, 1);
    return this.#status();
  }

  #status() {
    this.#timers = this.#timers.filter(({ end }) => end > performance.now());
    if (this.#timers.length === 0) return 'No timer runs.';
    const left = (end) => {
      const seconds = Math.ceil((end - performance.now()) / 1000);
      return [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']]
        .filter(([number]) => number > 0).map((part) => part.join(' ')).join(' ');
    };
    return `${this.#timers.map(({ name, end }) => `${name ? `timer ${name}` : 'timer'}: ${left(end)} left`).join('; ')}.`;
  }
}

/** An action in its own words: "off kitchen light". */
function sentence({ do: what, ...values }) {
  return [what.replaceAll('_', ' '), ...Object.values(values)].join(' ');
}
