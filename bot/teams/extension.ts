// The answer to the message extension's search box: hits that insert a goal's card, or one sentence where there are none.
import { farText } from '../../src/chat/facts.ts';
import type { GoalFacts, Message } from '../../src/chat/message.ts';
import { kindNames } from '../../src/domain/goal.ts';
import { statusNames } from '../../src/domain/status.ts';
import { type GoalAddress, cardType, goalCard, plain } from './card.ts';

export interface SearchAnswer {
  composeExtension:
    | { type: 'result'; attachmentLayout: 'list'; attachments: { contentType: string; content: unknown; preview: { contentType: string; content: { title: string; text: string } } }[] }
    | { type: 'message'; text: string };
}

/** What `converse` says to a search, as Teams wants to hear it. */
export function searchAnswer(messages: Message[], address: GoalAddress): SearchAnswer {
  const found = messages.find(message => message.kind === 'search-results');
  if (found) {
    return { composeExtension: { type: 'result', attachmentLayout: 'list', attachments: found.goals.map(goal => hit(goal, address)) } };
  }
  const refused = messages.find(message => message.kind === 'sorry');
  return { composeExtension: { type: 'message', text: line(refused?.text ?? 'There is nothing to show.') } };
}

function hit(goal: GoalFacts, address: GoalAddress) {
  return {
    contentType: cardType,
    content: goalCard(goal, `inserted/${goal.ref.period}/${goal.ref.id}`, address),
    preview: {
      contentType: 'application/vnd.microsoft.card.thumbnail',
      content: { title: line(goal.title), text: line(`${statusNames[goal.status]} · ${farText(goal)} · ${kindNames[goal.kind]} of ${goal.owner}`) },
    },
  };
}

/** Thumbnail cards read HTML, so that angle brackets are drawn as their harmless likeness. */
function line(words: string): string {
  return plain(words, 240).replaceAll('<', '‹').replaceAll('>', '›');
}
