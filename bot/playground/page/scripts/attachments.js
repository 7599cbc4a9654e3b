/** A message's attached files: pictures as a gallery, anything else to download. */

import { element } from './dom.js';
import { gallery } from './gallery.js';
import { icon } from './icons.js';
import { fileSize, reachableUrl } from './media.js';

/**
 * @param {Object[]} attachments Discord attachment objects.
 * @param {import('./lightbox.js').Lightbox} lightbox
 * @returns {HTMLElement[]}
 */
export function attachmentBlocks(attachments, lightbox) {
  const isMedia = (file) => /^(image|video)\//.test(file.content_type ?? '');
  const media = attachments.filter(isMedia);
  const files = attachments.filter((file) => !isMedia(file));
  const items = media.map((file) => ({
    url: file.url,
    description: file.description,
    filename: file.filename,
    contentType: file.content_type,
    width: file.width,
    height: file.height,
    spoiler: file.filename.startsWith('SPOILER_'),
  }));
  return [
    ...(items.length ? [gallery(items, lightbox)] : []),
    ...files.map((file) => fileCard(file.filename, file.size, file.url)),
  ];
}

/** @returns {HTMLElement} a file to download. */
export function fileCard(name, size, url) {
  return element(
    'a',
    { class: 'file-card', href: reachableUrl(url), download: name },
    icon('file'),
    element('span', { class: 'file-card-text' }, name, size ? element('small', {}, fileSize(size)) : null),
    icon('download'),
  );
}
