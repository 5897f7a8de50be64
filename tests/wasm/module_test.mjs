// The module itself: it needs nothing from its host, and is small.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { packageFolder, root } from './support.mjs';

const bytes = readFileSync(path.join(packageFolder, 'ringlet.wasm'));
const module = new WebAssembly.Module(bytes);

test('it imports nothing', () => assert.deepEqual(WebAssembly.Module.imports(module), []));

test('every export is used by the package, and every use is exported', () => {
  const scripts = ['answer', 'error', 'memory', 'model', 'module', 'ring', 'seat', 'session', 'settings']
    .map((name) => readFileSync(path.join(packageFolder, `${name}.js`), 'utf8')).join('\n');
  const exported = WebAssembly.Module.exports(module).map((e) => e.name);
  assert.ok(exported.length > 40);
  for (const name of exported) assert.match(scripts, new RegExp(`\\b${name}\\b`), name);
  for (const [, name] of scripts.matchAll(/\be(?:xports)?\.([a-z]+_[a-z_]+)\(/g)) assert.ok(exported.includes(name), name);
});

test('a session without memory is refused, not a trap', () => {
  const { exports: e } = new WebAssembly.Instance(module, {});
  assert.equal(e.model_open(1 << 16, 64, 0), 0);
});

test('its size is that of the page', () => {
  const sizes = [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];
  console.log(`ringlet.wasm: ${sizes[0]} bytes, ${sizes[1]} by gzip, ${sizes[2]} by brotli`);
  const page = readFileSync(path.join(root, 'ports/wasm/README.md'), 'utf8');
  const stated = page.match(/([\d,]+) KB, ([\d,]+) KB with gzip, ([\d,]+) KB with brotli/).slice(1)
    .map((number) => 1000 * Number(number.replaceAll(',', '')));
  sizes.forEach((size, i) => assert.ok(Math.abs(size - stated[i]) <= 0.05 * stated[i], `${size} is not ${stated[i]}`));
});
