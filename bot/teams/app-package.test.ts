// The package that Teams is given: its manifest fits Microsoft's schema, agrees with the code, and its icons are what Teams draws.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import ajvDraft04 from 'ajv-draft-04';
import ajvFormats from 'ajv-formats';
import { commandOf } from '../../src/chat/command.ts';

const { resolve } = createRequire(import.meta.url);
const folder = join(import.meta.dirname, '..', '..', 'appPackage');
const schemas = join(resolve('@microsoft/app-manifest/package.json'), '..', 'build', 'json-schemas', 'teams');

interface Manifest {
  manifestVersion: string;
  bots: { commandLists: { commands: { title: string }[] }[] }[];
  composeExtensions: { commands: { id: string; parameters: { name: string }[] }[] }[];
  [part: string]: unknown;
}

const values: Record<string, string> = {
  TEAMS_APP_ID: '11111111-1111-4111-8111-111111111111', BOT_ID: '22222222-2222-4222-8222-222222222222', ENTRA_CLIENT_ID: '33333333-3333-4333-8333-333333333333',
  TAB_DOMAIN: 'waymark.example.com', APP_NAME_SUFFIX: ' (test)',
  PRIVACY_URL: 'https://example.com/privacy', TERMS_URL: 'https://example.com/terms',
};
const text = readFileSync(join(folder, 'manifest.json'), 'utf8');
const manifest = JSON.parse(text.replaceAll(/\$\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? assert.fail(`no value for ${name}`))) as Manifest;

function faults(candidate: object): string[] {
  const ajv = new ajvDraft04.default({ allErrors: true, strict: false });
  ajvFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(schemas, `v${manifest.manifestVersion}`, 'MicrosoftTeams.schema.json'), 'utf8')) as object);
  return validate(candidate) ? [] : validate.errors!.map(error => `${error.instancePath} ${error.message}`);
}

describe('the app package', () => {
  it('has a manifest that fits the schema it names, once its placeholders are filled', () => assert.deepEqual(faults(manifest), []));

  it('has its check proved: a manifest with a wrong scope and without a name does not fit', () => {
    const { name: _, ...rest } = manifest;
    const broken = { ...rest, bots: [{ botId: 'no guid', scopes: ['everywhere'] }] };
    assert.ok(faults(broken).length >= 3, faults(broken).join('\n'));
  });

  it('asks for no domain but its own', () => assert.deepEqual(manifest['validDomains'], [values['TAB_DOMAIN']]));

  it('offers only commands that are understood', () => {
    const titles = manifest.bots.flatMap(bot => bot.commandLists.flatMap(list => list.commands.map(command => command.title)));
    assert.ok(titles.length >= 6);
    for (const title of titles) assert.notEqual(commandOf(title).kind, 'unknown', title);
  });

  it('names the search parameter that we read', () =>
    assert.deepEqual(manifest.composeExtensions[0]!.commands.map(({ id, parameters }) => [id, parameters[0]!.name]), [['searchGoals', 'query']]));

  it('has a full colour icon of 192 pixels', () => {
    const { width, height, opaque } = png('color.png');
    assert.deepEqual([width, height, opaque], [192, 192, true]);
  });

  it('has a white outline icon of 32 pixels on nothing', () => {
    const { width, height, pixels } = png('outline.png');
    assert.deepEqual([width, height], [32, 32]);
    const seen = pixels.filter(([, , , alpha]) => alpha > 0);
    assert.ok(seen.length > 50 && seen.length < 500, `${seen.length} of 1024 pixels are drawn`);
    for (const [red, green, blue] of seen) assert.ok(red > 250 && green > 250 && blue > 250, 'only white is drawn');
  });
});

/** Reads an RGB or RGBA image of eight bits, as the PNG specification (W3C, third edition) lays it out. */
function png(name: string) {
  const file = readFileSync(join(folder, name));
  assert.equal(file.subarray(1, 4).toString(), 'PNG');
  const [width, height, depth, kind] = [file.readUInt32BE(16), file.readUInt32BE(20), file[24], file[25]];
  assert.equal(depth, 8);
  assert.ok(kind === 2 || kind === 6, `colour type ${kind}`);
  const channels = kind === 6 ? 4 : 3;
  const data: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.subarray(at + 4, at + 8).toString() === 'IDAT') data.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width, height, channels);
  const pixels = Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue, alpha = 255] = bytes.subarray(i * channels, (i + 1) * channels);
    return [red!, green!, blue!, alpha] as const;
  });
  return { width, height, pixels, opaque: pixels.every(([, , , alpha]) => alpha === 255) };
}

function unfiltered(raw: Buffer, width: number, height: number, channels: number): Buffer {
  const stride = width * channels;
  const out = Buffer.alloc(stride * height);
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : out[y * stride + x]!);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const [left, up, corner] = [at(x - channels, y), at(x, y - 1), at(x - channels, y - 1)];
      const guess = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter]!;
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
