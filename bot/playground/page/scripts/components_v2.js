/** Discord's second generation of components: a message laid out of containers, text, galleries and rows. */

import { fileCard } from './attachments.js';
import { actionRow, rowItem, TYPE } from './components.js';
import { cssColour } from './components_v1.js';
import { element } from './dom.js';
import { gallery, mediaItem } from './gallery.js';

const BUILDERS = {
  [TYPE.ROW]: actionRow,
  [TYPE.SECTION]: section,
  [TYPE.TEXT]: (component, message, context) =>
    element('div', { class: 'markdown' }, context.markdown(component.content)),
  [TYPE.THUMBNAIL]: thumbnail,
  [TYPE.GALLERY]: (component, message, context) => gallery(component.items.map(mediaItem), context.lightbox),
  [TYPE.FILE]: ({ file, name, size }) =>
    fileCard(name ?? decodeURIComponent(new URL(file.url, location.href).pathname.split('/').at(-1)), size, file.url),
  [TYPE.SEPARATOR]: separator,
  [TYPE.CONTAINER]: container,
};

/**
 * @param {Object} component
 * @param {Object} message
 * @param {import('./context.js').Context} context
 * @returns {HTMLElement|null}
 */
export function layoutComponent(component, message, context) {
  return BUILDERS[component.type]?.(component, message, context) ?? null;
}

function container(component, message, context) {
  const node = element(
    'div',
    { class: 'container' },
    component.components.map((child) => layoutComponent(child, message, context)),
  );
  if (component.accent_color !== null && component.accent_color !== undefined) {
    node.style.setProperty('--accent-bar', cssColour(component.accent_color));
  }
  if (!component.spoiler) return node;
  node.classList.add('is-spoiler');
  node.addEventListener('click', () => node.classList.remove('is-spoiler'), { once: true });
  return node;
}

function section({ components, accessory }, message, context) {
  const side =
    accessory.type === TYPE.BUTTON
      ? rowItem(accessory, message, context)
      : layoutComponent(accessory, message, context);
  return element(
    'div',
    { class: 'section' },
    element(
      'div',
      { class: 'section-text' },
      components.map((child) => layoutComponent(child, message, context)),
    ),
    element('div', { class: 'section-side' }, side),
  );
}

function thumbnail(component, message, context) {
  const node = gallery([mediaItem(component)], context.lightbox);
  node.classList.add('is-thumbnail');
  return node;
}

function separator({ divider = true, spacing = 1 }) {
  return element('hr', { class: `separator ${divider ? '' : 'is-invisible'} ${spacing === 2 ? 'is-large' : ''}` });
}
