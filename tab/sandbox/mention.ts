// What a person typed into a compose box, read as Teams would: a mention of the bot, and the words besides it.

export interface Saying { mention: boolean; text: string }

/** `@Waymark help` mentions the bot and says "help"; where no mention is needed the text stays as typed. */
export function sayingOf(typed: string, bot: string): Saying {
  const name = new RegExp(`(^|\\s)@${bot.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s,:.!?])`, 'i');
  if (!name.test(typed)) return { mention: false, text: typed.trim() };
  return { mention: true, text: typed.replace(name, ' ').replace(/\s+/, ' ').trim() };
}
