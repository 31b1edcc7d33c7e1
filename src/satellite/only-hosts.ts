// The satellite's fence: a way out that leads to the listed hosts and nowhere else, whatever the cloud asks for.
import type { Outside } from '../connectors/outside.ts';
import { SourceError } from '../connectors/source-error.ts';

/** `hosts` are `host` (any port) or `host:port`, names or IPv4 addresses. Keeps credentials from going where the customer has not said they may. */
export function onlyHosts(outside: Outside, hosts: readonly string[]): Outside {
  const listed = new Set(hosts.map(host => host.toLowerCase()));
  const check = (name: string, port: number) => {
    const host = name.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
    if (listed.has(host) || listed.has(`${host}:${port}`)) return;
    throw new SourceError(`The satellite may not reach “${host}” on port ${port}. Whoever runs it can add it to WAYMARK_SATELLITE_ALLOW.`, { kind: 'reconfigure' });
  };
  return {
    async fetch(input, init) {
      const url = URL.parse(String(input));
      if (!url) throw new SourceError('This is not an address. Enter a host name such as example.com.', { kind: 'reconfigure' });
      check(url.hostname, Number(url.port) || (url.protocol === 'https:' ? 443 : 80));
      return outside.fetch(input, init);
    },
    async dial(host, port) {
      check(host, port);
      return outside.dial(host, port);
    },
  };
}
