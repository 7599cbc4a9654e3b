/** Action rows: buttons and selects, alike in both generations of Discord's components. */

import { element } from './dom.js';
import { icon } from './icons.js';
import { listBox } from './list_box.js';

/** Discord's component types that the page draws. */
export const TYPE = {
  ROW: 1,
  BUTTON: 2,
  STRING_SELECT: 3,
  TEXT_INPUT: 4,
  USER_SELECT: 5,
  CHANNEL_SELECT: 8,
  SECTION: 9,
  TEXT: 10,
  THUMBNAIL: 11,
  GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
  FILE_UPLOAD: 19,
};

const BUTTON_CLASSES = { 1: 'is-primary', 2: 'is-secondary', 3: 'is-success', 4: 'is-danger', 5: 'is-secondary' };
const LINK_STYLE = 5;

/**
 * @param {Object} row
 * @param {Object} message
 * @param {import('./context.js').Context} context
 * @returns {HTMLElement}
 */
export function actionRow(row, message, context) {
  return element(
    'div',
    { class: 'action-row' },
    row.components.map((component) => rowItem(component, message, context)),
  );
}

/** @returns {HTMLElement|null} a button or select; null for kinds that Discord may add later. */
export function rowItem(component, message, context) {
  if (component.type === TYPE.BUTTON) return button(component, message, context);
  const entries = selectEntries(component, context.store);
  return entries && select(component, entries, message, context);
}

function button(component, message, context) {
  const label = [
    component.emoji?.name && element('span', { class: 'button-emoji' }, component.emoji.name),
    component.label && element('span', {}, component.label),
  ];
  const className = `button ${BUTTON_CLASSES[component.style] ?? 'is-secondary'}`;
  if (component.style === LINK_STYLE) {
    const properties = { class: className, href: component.url, target: '_blank', rel: 'noreferrer noopener' };
    return element('a', properties, label, icon('external'));
  }
  const isBusy = context.interactions.isBusy(message.id, component.custom_id);
  const node = element(
    'button',
    {
      type: 'button',
      class: className,
      disabled: component.disabled,
      'aria-busy': isBusy ? 'true' : null,
      'aria-label': component.label ? null : (component.emoji?.name ?? 'Button'),
      dataset: { focusKey: component.custom_id },
    },
    label,
  );
  node.addEventListener('click', () => context.interactions.pressButton(message, component.custom_id));
  return node;
}

/** @returns {import('./list_box.js').Entry[]|null} what a select offers. */
export function selectEntries(component, store) {
  if (component.type === TYPE.STRING_SELECT) return component.options;
  const defaults = new Set((component.default_values ?? []).map(({ id }) => id));
  const entry = (value, label) => ({ value, label, default: defaults.has(value) });
  if (component.type === TYPE.USER_SELECT)
    return store.users.map((user) => entry(user.id, user.global_name ?? user.username));
  if (component.type === TYPE.CHANNEL_SELECT)
    return store.channels.map((channel) => entry(channel.id, `#${channel.name}`));
  return null;
}

function select(component, entries, message, context) {
  const placeholder = component.placeholder ?? 'Make a selection';
  return listBox({
    label: placeholder,
    placeholder,
    entries,
    minimum: component.min_values ?? 1,
    maximum: component.max_values ?? 1,
    disabled: component.disabled,
    focusKey: component.custom_id,
    onChange: (values) => context.interactions.select(message, component, values),
  });
}
