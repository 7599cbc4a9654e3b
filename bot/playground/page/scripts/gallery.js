/** Pictures of a message in a grid; pressing one opens it large. */

import { element } from './dom.js';
import { icon } from './icons.js';
import { reachableUrl } from './media.js';

const SHAPES = { narrowest: 0.62, widest: 1.9 };

/**
 * @typedef {Object} MediaItem
 * @property {string} url
 * @property {string} [description]
 * @property {string} [filename]
 * @property {string} [contentType]
 * @property {number} [width]
 * @property {number} [height]
 * @property {boolean} [spoiler]
 */

/**
 * @param {MediaItem[]} items
 * @param {import('./lightbox.js').Lightbox} lightbox
 * @returns {HTMLElement}
 */
export function gallery(items, lightbox) {
  const pictures = items.map((item) => ({
    url: reachableUrl(item.url),
    description: item.description ?? '',
    filename: item.filename ?? filenameOf(item.url),
  }));
  const grid = element('div', { class: 'gallery', role: 'group', 'aria-label': groupLabel(items) });
  grid.dataset.count = String(Math.min(items.length, 5));
  grid.style.setProperty('--shape', sharedShape(items));
  items.forEach((item, index) => grid.append(cell(item, pictures, index, lightbox)));
  return grid;
}

function groupLabel(items) {
  return items.length === 1 ? 'Picture' : `${items.length} pictures`;
}

function filenameOf(url) {
  return decodeURIComponent(new URL(url, location.href).pathname.split('/').at(-1));
}

/** One width-to-height ratio for all cells, so that pictures of the same shape are shown whole. */
function sharedShape(items) {
  const shapes = items.filter(({ width, height }) => width && height).map(({ width, height }) => width / height);
  if (!shapes.length) return 1;
  shapes.sort((one, other) => one - other);
  const median = shapes[Math.floor(shapes.length / 2)];
  return Math.min(Math.max(median, SHAPES.narrowest), SHAPES.widest);
}

function cell(item, pictures, index, lightbox) {
  if (item.contentType?.startsWith('video/')) {
    return element('video', { class: 'gallery-video', src: pictures[index].url, controls: true, preload: 'metadata' });
  }
  const picture = pictures[index];
  const name = picture.description || picture.filename;
  const image = element('img', {
    src: picture.url,
    alt: name,
    width: item.width,
    height: item.height,
    decoding: 'async',
  });
  const button = element(
    'button',
    {
      type: 'button',
      class: 'gallery-cell',
      'aria-label': `Open large: ${name}`,
      dataset: { focusKey: `picture-${index}` },
    },
    image,
    picture.description && element('span', { class: 'gallery-caption', 'aria-hidden': 'true' }, picture.description),
  );
  button.classList.toggle('is-spoiler', Boolean(item.spoiler));
  button.addEventListener('click', () => {
    if (button.classList.contains('is-spoiler')) button.classList.remove('is-spoiler');
    else lightbox.open(pictures, index);
  });
  image.addEventListener('error', () => button.replaceWith(missingPicture(name)));
  return button;
}

function missingPicture(name) {
  return element(
    'div',
    { class: 'gallery-missing' },
    icon('warning'),
    element('span', {}, `Picture not available: ${name}`),
  );
}

/** @returns {MediaItem} what Discord's component media looks like to the gallery. */
export function mediaItem({ media, description, spoiler }) {
  return {
    url: media.url,
    width: media.width,
    height: media.height,
    contentType: media.content_type,
    description,
    spoiler,
  };
}
