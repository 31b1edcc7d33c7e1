// Markdown becomes the HTML it may become, and nothing more.
import assert from 'node:assert/strict';
import { array, assert as check, constantFrom, property } from 'fast-check';
import { htmlOf } from './markdown.ts';

describe('Markdown in cards', () => {
  it('draws bold, italic, links and line breaks', () => {
    assert.equal(htmlOf('**At Risk** was _On Track_\nnow'), '<strong>At Risk</strong> was <em>On Track</em><br>now');
    assert.equal(htmlOf('see [the goal](https://waymark.example/a_b_c)'), 'see <a href="https://waymark.example/a&#95;b&#95;c" target="_blank" rel="noreferrer">the goal</a>');
  });

  it('leaves what is escaped or no Markdown as it is', () => {
    assert.equal(htmlOf('\\*\\*not bold\\*\\*'), '&#42;&#42;not bold&#42;&#42;');
    assert.equal(htmlOf('a_b_c and 2 * 3 * 4'), 'a_b_c and 2 * 3 * 4');
    assert.equal(htmlOf('[click](javascript:alert(1))'), '[click](javascript:alert(1))');
  });

  it('never lets a tag or an attribute of the text through', () => {
    const nasty = array(constantFrom('<', '>', '"', "'", '&', '*', '_', '[', ']', '(', ')', '\\', '\n', 'https://x', 'javascript:', 'onclick=', 'a', ' ')).map(parts => parts.join(''));
    const allowed = /<(?:strong|\/strong|em|\/em|br|\/a|a href="https?:\/\/[^"<>\s]*" target="_blank" rel="noreferrer")>/g;
    check(property(nasty, text => !/[<>"']/.test(htmlOf(text).replaceAll(allowed, ''))), { numRuns: 2000 });
  });
});
