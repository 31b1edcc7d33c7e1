// The little Markdown that Teams draws in cards and bot messages: bold, italic, links, line breaks. Everything else stays text.

/** HTML that is safe to show whatever the text is: it is escaped first, and links lead to http and https alone. */
export function htmlOf(markdown: string): string {
  return escape(markdown)
    .replace(/\\([\\`*_{}[\]()#+.!~|-])/g, (_, sign: string) => `&#${sign.charCodeAt(0)};`)
    .replace(/\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/g, (_, text: string, address: string) => `<a href="${inert(address)}" target="_blank" rel="noreferrer">${text}</a>`)
    .replace(/\*\*(\S(?:[^\n]*?\S)?)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[\s(])[*_](\S(?:[^\n*_]*?\S)?)[*_](?=$|[\s).,;:!?])/g, '$1<em>$2</em>')
    .replaceAll('\n', '<br>');
}

/** Signs of emphasis inside an address are not emphasis. */
function inert(address: string): string {
  return address.replaceAll('*', '&#42;').replaceAll('_', '&#95;');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
