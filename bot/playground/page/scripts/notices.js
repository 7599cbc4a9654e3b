/** Sentences to the user: toasts for what failed, and a live region for screen readers. */

import { element } from './dom.js';
import { icon } from './icons.js';

const TOAST_MS = 7000;

/** Shows a sentence for some seconds, also above open dialogs. */
export function complain(sentence) {
  const toast = element(
    'div',
    { class: 'toast', role: 'alert', popover: 'manual' },
    icon('warning'),
    element('span', {}, sentence),
  );
  document.body.append(toast);
  toast.showPopover();
  setTimeout(() => toast.remove(), TOAST_MS);
}

/** Says a sentence through the page's live region. */
export function announce(sentence) {
  const region = document.getElementById('announcer');
  region.textContent = '';
  setTimeout(() => {
    region.textContent = sentence;
  }, 50);
}
