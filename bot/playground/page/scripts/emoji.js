/** The emoji that the picker offers, their names for screen readers, and comparing emoji. */

/** @type {[string, string][]} emoji and name, most useful first. */
export const EMOJI = [
  ['1️⃣', 'one'],
  ['2️⃣', 'two'],
  ['3️⃣', 'three'],
  ['4️⃣', 'four'],
  ['👍', 'thumbs up'],
  ['👎', 'thumbs down'],
  ['❤️', 'heart'],
  ['🔥', 'fire'],
  ['✨', 'sparkles'],
  ['🎉', 'party popper'],
  ['😍', 'heart eyes'],
  ['🤔', 'thinking'],
  ['👏', 'clapping'],
  ['🙌', 'raised hands'],
  ['💯', 'hundred'],
  ['👀', 'eyes'],
  ['✅', 'check mark'],
  ['❌', 'cross mark'],
  ['⭐', 'star'],
  ['🏆', 'trophy'],
  ['💡', 'light bulb'],
  ['🎨', 'palette'],
  ['🧵', 'thread'],
  ['🪡', 'needle'],
  ['✂️', 'scissors'],
  ['👕', 't-shirt'],
  ['👗', 'dress'],
  ['👖', 'jeans'],
  ['🧥', 'coat'],
  ['👔', 'shirt and tie'],
  ['👠', 'high heel'],
  ['👟', 'sneaker'],
  ['🧢', 'cap'],
  ['👜', 'handbag'],
  ['🧶', 'yarn'],
  ['🌸', 'blossom'],
  ['🌈', 'rainbow'],
  ['🌊', 'wave'],
  ['🖤', 'black heart'],
  ['🤍', 'white heart'],
  ['😂', 'tears of joy'],
  ['🙂', 'smile'],
  ['😮', 'surprised'],
  ['😢', 'crying'],
  ['🙏', 'thank you'],
  ['💪', 'strong'],
  ['🚀', 'rocket'],
  ['👌', 'perfect'],
];

const MORE_NAMES = [
  ['5️⃣', 'five'],
  ['6️⃣', 'six'],
  ['7️⃣', 'seven'],
  ['8️⃣', 'eight'],
  ['9️⃣', 'nine'],
  ['🔟', 'ten'],
  ['🔁', 'repeat'],
  ['🗑', 'delete'],
  ['◀', 'previous'],
  ['▶', 'next'],
  ['⏮', 'first'],
  ['⏭', 'last'],
  ['⬅', 'left'],
  ['➡', 'right'],
  ['📌', 'pin'],
  ['🔍', 'search'],
  ['🖼', 'picture'],
  ['📎', 'paper clip'],
  ['🛑', 'stop'],
  ['⏳', 'hourglass'],
];

const NAMES = new Map([...EMOJI, ...MORE_NAMES].map(([emoji, name]) => [withoutSelector(emoji), name]));

/** Clients and servers differ in sending U+FE0F after a symbol; it means nothing here. */
function withoutSelector(name) {
  return name.replaceAll('\ufe0f', '');
}

/** @returns {string} a word for the emoji, or the emoji itself, which screen readers can say too. */
export function emojiName(emoji) {
  return NAMES.get(withoutSelector(emoji.name ?? '')) ?? emoji.name ?? 'emoji';
}

/** Whether two Discord emoji objects mean the same emoji. */
export function sameEmoji(one, other) {
  if (one.id || other.id) return one.id === other.id;
  return withoutSelector(one.name) === withoutSelector(other.name);
}
