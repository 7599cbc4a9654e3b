/** Embeds: the framed cards of Discord's first generation of rich messages. */

import { element } from './dom.js';
import { gallery } from './gallery.js';
import { reachableUrl } from './media.js';
import { timestampElement } from './timestamps.js';

/** @returns {string} Discord's colour number for CSS. */
export function cssColour(number) {
  return `#${number.toString(16).padStart(6, '0')}`;
}

/**
 * Embeds that share an address are one card with several pictures, as on Discord.
 * @param {Object[]} embeds
 * @param {import('./context.js').Context} context
 * @returns {HTMLElement[]}
 */
export function embedCards(embeds, context) {
  const groups = [];
  for (const embed of embeds) {
    const same = embed.url && groups.find(([first]) => first.url === embed.url);
    if (same) same.push(embed);
    else groups.push([embed]);
  }
  return groups.map(([first, ...others]) => embedCard(first, others, context));
}

function embedCard(embed, others, context) {
  const images = [embed, ...others]
    .filter(({ image }) => image)
    .map(({ image, title }) => ({
      url: image.url,
      width: image.width,
      height: image.height,
      description: title ?? embed.title ?? '',
    }));
  const card = element(
    'article',
    { class: 'embed', 'aria-label': embed.title ?? 'Embed' },
    embed.thumbnail && element('img', { class: 'embed-thumbnail', src: reachableUrl(embed.thumbnail.url), alt: '' }),
    embed.author && author(embed.author),
    embed.title && title(embed, context),
    embed.description && element('div', { class: 'markdown' }, context.markdown(embed.description)),
    embed.fields?.length ? fields(embed.fields, context) : null,
    images.length ? gallery(images, context.lightbox) : null,
    footer(embed),
  );
  if (embed.color) card.style.setProperty('--accent-bar', cssColour(embed.color));
  return card;
}

function author({ name, url, icon_url: iconUrl }) {
  return element(
    'p',
    { class: 'embed-author' },
    iconUrl && element('img', { src: reachableUrl(iconUrl), alt: '' }),
    url ? element('a', { href: url, target: '_blank', rel: 'noreferrer noopener' }, name) : name,
  );
}

function title(embed, context) {
  const text = context.markdown(embed.title);
  return element(
    'div',
    { class: 'embed-title markdown' },
    embed.url ? element('a', { href: embed.url, target: '_blank', rel: 'noreferrer noopener' }, text) : text,
  );
}

function fields(list, context) {
  return element(
    'dl',
    { class: 'embed-fields' },
    list.map((field) =>
      element(
        'div',
        { class: field.inline && 'is-inline' },
        element('dt', { class: 'markdown' }, context.markdown(field.name)),
        element('dd', { class: 'markdown' }, context.markdown(field.value)),
      ),
    ),
  );
}

function footer({ footer: foot, timestamp }) {
  if (!foot && !timestamp) return null;
  return element(
    'p',
    { class: 'embed-footer' },
    foot?.icon_url && element('img', { src: reachableUrl(foot.icon_url), alt: '' }),
    foot?.text,
    foot?.text && timestamp && ' · ',
    timestamp && timestampElement(Date.parse(timestamp) / 1000, 'f'),
  );
}
