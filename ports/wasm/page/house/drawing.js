// The drawing of a house: a roof, a picture for each room with its devices, and one of what belongs to no room.
import { svg } from '../svg.js';
import { isCover } from './home.js';
import { describe } from './obey.js';

const width = 330;
const columns = 3;
const cell = { width: width / columns, height: 112 };
const top = 34; // of the name of the room
const longest = 17; // characters below a device

const short = (words) => (words.length > longest ? `${words.slice(0, longest - 1)}…` : words);
/** A colour that somebody says, as SVG has it. */
const colour = (name) => ({ 'warm white': '#ffd9a0', 'cold white': '#dcecff' }[name] ?? (name || '#ffd257'));

/** Each kind around (0, 0), in a square of 56. */
const pictures = {
  light: (d) => [
    ...(d.on ? [svg('circle', { r: 14 + (14 * d.value) / 100, fill: colour(d.color), opacity: 0.35 })] : []),
    svg('circle', { r: 13, cy: -2, class: d.on ? 'bulb' : 'body', ...(d.on ? { fill: colour(d.color) } : {}) }),
    svg('path', { d: 'M-6 13h12M-5 18h10', class: 'line' }),
  ],
  fan: (d) => [
    svg('g', { class: d.on ? `turns${d.value > 60 ? ' fast' : ''}` : '' },
      ...[0, 120, 240].map((turn) => svg('path', { d: 'M0 0C-12 -8 -10 -24 0 -25C10 -24 8 -8 0 0Z', class: d.on ? 'body lit' : 'body', transform: `rotate(${turn})` }))),
    svg('circle', { r: 4, class: 'dark' }),
  ],
  switch: (d) => [
    svg('rect', { x: -15, y: -22, width: 30, height: 44, rx: 5, class: 'body' }),
    svg('rect', { x: -7, y: d.on ? -15 : 1, width: 14, height: 14, rx: 3, class: d.on ? 'lit' : 'dark' }),
  ],
  lock: (d) => [
    svg('path', { d: d.locked ? 'M-9 -2v-9a9 9 0 0 1 18 0v9' : 'M-9 -2v-9a9 9 0 0 1 18 0v3', class: 'line thick', ...(d.locked ? {} : { transform: 'rotate(-28 -9 -2)' }) }),
    svg('rect', { x: -15, y: -2, width: 30, height: 24, rx: 4, class: d.locked ? 'body' : 'body open' }),
    svg('circle', { r: 3.5, cy: 9, class: 'dark' }),
  ],
  media: (d) => [
    svg('rect', { x: -22, y: -14, width: 44, height: 34, rx: 5, class: 'body' }),
    svg('circle', { r: 10, cx: -7, cy: 3, class: d.on && !d.muted ? 'lit' : 'dark' }),
    svg('path', { d: 'M10 -5h7M10 3h7M10 11h7', class: 'line' }),
    ...(d.on && !d.muted ? [svg('path', { d: 'M12 -18v-9l8 -2v9', class: 'line lively' }), svg('circle', { r: 3, cx: 9.5, cy: -18, class: 'dark' }), svg('circle', { r: 3, cx: 17.5, cy: -20, class: 'dark' })] : []),
  ],
  climate: (d) => [
    svg('circle', { r: 23, class: 'body' }),
    svg('path', { d: dial(d.value), class: d.on ? 'line thick warm' : 'line' }),
    svg('text', { y: 5, class: 'inside' }, d.on ? String(d.value) : '–'),
  ],
  vacuum: (d) => [svg('circle', { r: 20, class: d.cleaning ? 'body lit' : 'body' }), svg('circle', { r: 5, cy: -7, class: 'dark' })],
  sensor: () => [svg('rect', { x: -12, y: -12, width: 24, height: 24, rx: 6, class: 'body' }), svg('circle', { r: 4, class: 'dark' })],
  scene: (d) => [svg('path', {
    d: 'M0 -22L6 -7L22 -7L9 3L14 19L0 9L-14 19L-9 3L-22 -7L-6 -7Z', class: d.chosen ? 'body lit' : 'body',
  })],
  list: (d) => [
    svg('path', { d: 'M-16 -22h24l8 8v36h-32z', class: 'body' }),
    ...[0, 1, 2].map((i) => svg('path', { d: `M-9 ${-6 + 8 * i}h18`, class: i < d.items.length ? 'line' : 'line faint' })),
  ],
};

/** The arc of a temperature from 5 to 35. */
function dial(value) {
  const turn = Math.PI * (0.75 + 1.5 * Math.min(Math.max((value - 5) / 30, 0.01), 0.99));
  const at = (angle) => `${(18 * Math.cos(angle)).toFixed(1)} ${(18 * Math.sin(angle)).toFixed(1)}`;
  return `M${at(Math.PI * 0.75)}A18 18 0 ${turn > Math.PI * 1.75 ? 1 : 0} 1 ${at(turn)}`;
}

/** A window, a door or a valve, of which a part is covered. */
function cover({ open, kind }) {
  const closed = 44 * (1 - open / 100);
  const sides = kind === 'curtain' ? [[-22, closed / 2], [22 - closed / 2, closed / 2]] : [];
  return [
    svg('rect', { x: -22, y: -22, width: 44, height: 44, class: 'body sky' }),
    ...(kind === 'garage' ? [] : [svg('path', { d: 'M0 -22v44M-22 0h44', class: 'line faint' })]),
    ...(kind === 'curtain' ? sides.map(([x, wide]) => svg('rect', { x, y: -22, width: wide, height: 44, class: 'cloth' }))
      : [svg('rect', { x: -22, y: -22, width: 44, height: closed, class: 'cloth' }),
        ...Array.from({ length: Math.floor(closed / 8) }, (_, i) => svg('path', { d: `M-22 ${-14 + 8 * i}h44`, class: 'line slat' }))]),
    svg('path', { d: 'M-25 -23h50', class: 'line thick' }),
  ];
}

function drawDevice(device, i) {
  const x = cell.width * ((i % columns) + 0.5);
  const y = top + cell.height * Math.floor(i / columns);
  const picture = isCover(device.kind) ? cover : pictures[device.kind] ?? pictures.sensor;
  return svg('g', { transform: `translate(${x} ${y + 34})`, 'data-device': device.name },
    ...picture(device),
    svg('text', { y: 43, class: 'name' }, short(device.name)),
    svg('text', { y: 59, class: 'state' }, short(describe(device))));
}

function drawRoom({ name, devices }, isHere) {
  const rows = Math.max(Math.ceil(devices.length / columns), 1);
  const height = top + rows * cell.height;
  const lights = devices.filter(({ kind }) => kind === 'light');
  const lit = lights.some(({ on }) => on);
  const called = name || 'the whole house';
  const room = document.createElement('div');
  room.className = lit ? 'room bright' : 'room';
  room.append(svg('svg', {
    viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `${called}${isHere ? ', you are here' : ''}: ${devices.map((d) => `${d.name} ${describe(d)}`).join('; ')}`,
  }, svg('text', { x: 12, y: 22, class: 'room-name' }, isHere ? `${called} · you are here` : called),
  ...devices.map(drawDevice)));
  return room;
}

/** Draws the house into an element. */
export function drawHouse(element, { rooms }, here) {
  const roof = svg('svg', { viewBox: '0 0 100 12', preserveAspectRatio: 'none', class: 'roof', 'aria-hidden': 'true' },
    svg('path', { d: 'M0 12L50 0L100 12Z' }));
  const walls = document.createElement('div');
  walls.className = 'rooms';
  const [whole, ...inside] = rooms;
  const drawn = whole.devices.length > 0 ? [...inside, whole] : inside;
  walls.append(...drawn.map((room) => drawRoom(room, room.name === here)));
  element.replaceChildren(roof, walls);
}
