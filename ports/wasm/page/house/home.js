// The home: what make_home.py writes for boards (prefix and lists), and its text, from which the drawing is made.

/** Divides the flash image of a home. */
export function divideHome(buffer) {
  const view = new DataView(buffer);
  const [prefixBytes, listBytes] = [8, 12].map((at) => view.getUint32(at, true));
  const begin = 64;
  const listsAt = begin + Math.ceil(prefixBytes / 64) * 64;
  if (view.getUint32(0, false) !== 0x52474C48 || listsAt + listBytes > buffer.byteLength) throw new Error('home.bin: not a home');
  return { prefix: new Uint8Array(buffer, begin, prefixBytes), lists: new Uint8Array(buffer, listsAt, listBytes) };
}

const covers = ['curtain', 'blind', 'shade', 'shutter', 'window', 'garage', 'valve'];
export const isCover = (kind) => covers.includes(kind);

/** What a device is at first. */
function stateOf(kind) {
  if (isCover(kind)) return { open: kind === 'garage' || kind === 'valve' ? 0 : 100 };
  return {
    light: { on: false, value: 100, color: '' }, fan: { on: false, value: 50 }, switch: { on: false }, lock: { locked: true },
    media: { on: false, value: 40, muted: false, query: '' }, climate: { on: true, value: 20 }, vacuum: { cleaning: false },
    list: { items: [] }, scene: { chosen: false },
  }[kind] ?? {};
}

/** Rooms and devices of a home's text: <area>kitchen<light>ceiling light… What is before the first room is the house's. */
export function readHome(text) {
  const rooms = [{ name: '', devices: [] }];
  const floors = [];
  for (const [, kind, name] of text.trim().matchAll(/<(\w+)>([^<]*)/g)) {
    const room = rooms[rooms.length - 1];
    if (kind === 'area') rooms.push({ name, devices: [] });
    else if (kind === 'floor') floors.push(name);
    else room.devices.push({ kind, name, room: room.name, ...stateOf(kind) });
  }
  return { floors, rooms, devices: rooms.flatMap(({ devices }) => devices) };
}
