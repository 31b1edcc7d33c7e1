// The way out against hostile addresses: whatever the spelling, no connection reaches a listener of this machine.
import assert from 'node:assert/strict';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { SourceError } from './connectors/source-error.ts';
import { isPublic, realOutside } from './outside.ts';

const hostileHosts = [
  // loopback in many notations
  'localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '127.255.255.254', '0', '0.0.0.0', '0x7f.0.0.1', '0x7f000001',
  '017700000001', '0177.0.0.1', '2130706433', '127.0.0.0x1', '%31%32%37.0.0.1', '①②⑦.⓪.⓪.①', '127。0。0。1', '[::1]', '[0:0:0:0:0:0:0:1]', '[::]',
  // IPv4 in the clothes of IPv6
  '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[0:0:0:0:0:ffff:7f00:1]', '[::ffff:10.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[::ffff:0:127.0.0.1]', '[::ffff:8.8.8.8]',
  // private, shared, link-local, metadata, reserved
  '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.1.254', '100.64.0.1', '100.100.100.200', '169.254.169.254',
  '169.254.170.2', '169.254.0.1', '168.63.129.16', '192.0.0.192', '192.0.0.8', '198.18.0.1', '192.0.2.1', '203.0.113.7', '224.0.0.1', '239.1.1.1',
  '240.0.0.1', '255.255.255.255', '[fe80::1]', '[fec0::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[2001:db8::1]', '[100::1]',
  // names that lead there
  'metadata.google.internal', 'rebind.test', 'mixed.test', 'mapped.test', 'inside.test',
];

/** Names as a hostile name server would have them. */
const names: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  'metadata.google.internal': ['169.254.169.254'],
  'inside.test': ['192.168.7.7'],
  'mixed.test': ['93.184.215.14', '127.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
};

const refused = (pattern: RegExp, kind = 'reconfigure') => (error: unknown) => {
  assert.ok(error instanceof SourceError, String(error));
  assert.equal(error.remedy.kind, kind);
  assert.match(error.message, pattern);
  return true;
};

const unheard = async () => { throw Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }); };

describe('the way out', () => {
  let listener: http.Server;
  let port: number;
  let connections: number;
  let asked: Record<string, number>;
  let handler: http.RequestListener;

  /** A name server under the attacker's control: `rebind.test` is public when first asked and this machine from then on. */
  const resolve = async (host: string) => {
    asked[host] = (asked[host] ?? 0) + 1;
    const found = host === 'rebind.test' ? (asked[host] === 1 ? ['93.184.215.14', '127.0.0.1'] : ['127.0.0.1']) : names[host];
    if (!found) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    return found.map(address => ({ address, family: net.isIP(address) as 4 | 6 }));
  };

  beforeEach(async () => {
    connections = 0;
    asked = {};
    handler = (_request, response) => response.end('{}');
    listener = http.createServer((request, response) => handler(request, response));
    listener.on('connection', () => connections++);
    await new Promise<void>(done => listener.listen(0, done));
    port = (listener.address() as AddressInfo).port;
  });
  afterEach(async () => {
    listener.closeAllConnections();
    await new Promise(done => listener.close(done));
  });

  for (const host of hostileHosts) {
    it(`neither fetches from nor dials ${host}`, async () => {
      const outside = realOutside({ resolve });
      await assert.rejects(outside.fetch(`https://${host}:${port}/`), refused(/private address|not an address/));
      await assert.rejects(outside.dial(host.replace(/^\[|\]$/g, ''), port), refused(/private address|not an address|must be a name alone/));
      assert.equal(connections, 0);
    });
  }

  const hostileUrls: [string, RegExp][] = [
    ['file:///etc/passwd', /not an address/],
    ['gopher://127.0.0.1:70/', /https/],
    ['ftp://example.com/', /https/],
    ['data:text/plain,hello', /not an address/],
    ['http://public.test/', /https/],
    ['https://public.test:22/', /Port 22/],
    ['https://public.test:25/', /Port 25/],
    ['https://public.test:6379/', /Port 6379/],
    ['https://public.test@127.0.0.1/', /user name or password/],
    ['https://user:secret@public.test/', /user name or password/],
    ['https://127.0.0.1\\@public.test/', /private address/],
    ['https://127.0.0.1#@public.test/', /private address/],
    ['https://[::1%25lo]/', /not an address/],
    ['https://', /not an address/],
    ['https://nowhere.test/', /no host called “nowhere.test”/],
  ];
  for (const [url, sentence] of hostileUrls) {
    it(`refuses ${url}`, async () => {
      names['public.test'] = ['93.184.215.14'];
      await assert.rejects(realOutside({ resolve }).fetch(url), refused(sentence));
      assert.equal(connections, 0);
    });
  }

  for (const host of ['db.example.com/path', 'user@127.0.0.1', 'db.example.com:5432', '127.0.0.1#x', 'a b', '']) {
    it(`dials no host written as “${host}”`, async () => {
      await assert.rejects(realOutside({ resolve }).dial(host, port), refused(/not an address|must be a name alone|user name or password/));
      assert.equal(connections, 0);
    });
  }

  for (const forbidden of [22, 25, 80, 2375, 6379, 11211, 0, -1, 65_536, 1.5]) {
    it(`dials no port ${forbidden}`, async () => {
      names['public.test'] = ['93.184.215.14'];
      await assert.rejects(realOutside({ resolve }).dial('public.test', forbidden), refused(/port/i));
    });
  }

  it('keeps the address it checked: a name that changes its mind is not asked again', async () => {
    let first = true;
    const flip = async () => {
      const address = first ? '127.0.0.1' : '127.0.0.2';
      first = false;
      return [{ address, family: 4 as const }];
    };
    let local: string | undefined;
    handler = (request, response) => {
      local = request.socket.localAddress;
      response.end('{}');
    };
    const outside = realOutside({ resolve: flip, allow: ['flip.test'] });
    await outside.fetch(`http://flip.test:${port}/`);
    assert.match(local!, /127\.0\.0\.1$/);
    first = true;
    const socket = await outside.dial('flip.test', port);
    assert.match(socket.remoteAddress!, /127\.0\.0\.1$/);
    socket.destroy();
  });

  it('says that a name server without an answer is passing', async () => {
    await assert.rejects(realOutside({ resolve: unheard }).fetch('https://example.com/'), refused(/name server/, 'retry'));
  });

  it('does not follow a redirect, so no credential leaves for another origin', async () => {
    let credentials = 0;
    handler = (request, response) => {
      if (request.headers.authorization) credentials++;
      response.writeHead(302, { location: `http://localhost:${port}/stolen` });
      response.end();
    };
    const response = await realOutside({ allow: [`127.0.0.1:${port}`] }).fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: 'Basic secret' } });
    assert.equal(response.status, 302);
    assert.equal(credentials, 1);
    assert.equal(connections, 1);
  });

  it('reaches an allowed private address on the allowed port alone', async () => {
    const outside = realOutside({ allow: [`127.0.0.1:${port}`] });
    assert.equal((await outside.fetch(`http://127.0.0.1:${port}/`)).status, 200);
    await assert.rejects(outside.fetch(`http://127.0.0.1:${port + 1}/`), refused(/https/));
    await assert.rejects(outside.fetch(`https://127.0.0.1:${port + 1}/`), refused(/private/));
    const socket = await outside.dial('127.0.0.1', port);
    assert.equal(socket.remotePort, port);
    socket.destroy();
  });

  it('sends method, headers and body, and calls the routed origin by its own name', async () => {
    let seen: unknown;
    handler = (request, response) => {
      request.setEncoding('utf8').on('data', body => {
        seen = [request.method, request.url, request.headers.host, request.headers['x-one'], body];
        response.setHeader('set-cookie', ['a=1', 'b=2']).end('{"ok":true}');
      });
    };
    const outside = realOutside({ route: { 'https://dev.azure.com': `http://127.0.0.1:${port}` } });
    const response = await outside.fetch('https://dev.azure.com/a/b?c=d', { method: 'POST', headers: { 'x-one': '1' }, body: 'hello' });
    assert.deepEqual(await response.json(), { ok: true });
    assert.deepEqual(seen, ['POST', '/a/b?c=d', 'dev.azure.com', '1', 'hello']);
  });

  it('stops reading an answer that is larger than the cap', async () => {
    let sent = 0;
    handler = (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = () => { while (!response.destroyed && sent < 50e6 && response.write(chunk)) sent += chunk.length; };
      response.on('drain', more);
      more();
    };
    await assert.rejects(realOutside({ allow: ['127.0.0.1'], cap: 100_000 }).fetch(`http://127.0.0.1:${port}/`), refused(/too large/, 'report'));
    assert.ok(sent < 10e6, `${sent} bytes were taken`);
  });

  it('gives up when the answer is not complete at the deadline, however slowly it trickles', async () => {
    handler = (_request, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    };
    const began = Date.now();
    await assert.rejects(realOutside({ allow: ['127.0.0.1'], deadline: 150 }).fetch(`http://127.0.0.1:${port}/`), refused(/did not answer in time/, 'retry'));
    assert.ok(Date.now() - began < 2000);
  });

  it('gives up sooner when its caller says so', async () => {
    handler = () => {};
    const signal = AbortSignal.timeout(50);
    await assert.rejects(realOutside({ allow: ['127.0.0.1'] }).fetch(`http://127.0.0.1:${port}/`, { signal }), refused(/did not answer in time/, 'retry'));
  });

  it('tries once more on a kept connection that the other side has closed', async () => {
    const outside = realOutside({ allow: ['127.0.0.1'] });
    await outside.fetch(`http://127.0.0.1:${port}/`);
    await new Promise(done => setTimeout(done, 20));
    handler = (request, response) => (connections === 1 ? request.socket.resetAndDestroy() : response.end('{"second":true}'));
    const response = await outside.fetch(`http://127.0.0.1:${port}/`);
    assert.deepEqual(await response.json(), { second: true });
    assert.equal(connections, 2);
  });

  it('says in its own words that a port is closed', async () => {
    await new Promise(done => listener.close(done));
    const outside = realOutside({ allow: ['127.0.0.1'] });
    await assert.rejects(outside.fetch(`http://127.0.0.1:${port}/`), refused(/refuses connections/, 'retry'));
    await assert.rejects(outside.dial('127.0.0.1', port), refused(/refuses connections/, 'retry'));
    listener.listen(0);
  });

  it('knows public addresses', () => {
    for (const address of ['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']) assert.ok(isPublic(address), address);
    assert.ok(!isPublic('not an address'));
  });
});
