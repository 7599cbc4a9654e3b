/** Small panels beside the control that opened them: pickers, menus, list boxes. */

import { element, focusReturner } from './dom.js';

const MARGIN = 8;
const SHEET_WIDTH = 600;

/**
 * Opens a panel; it closes on Escape, on a press elsewhere, or by the returned function.
 * @param {HTMLElement} anchor the control it belongs to; focus goes back there.
 * @param {HTMLElement} content
 * @param {{label: string, class?: string, onClose?: () => void}} options
 * @returns {() => void} closes the panel.
 */
export function openPopover(anchor, content, { label, class: className = '', onClose = () => {} }) {
  const host = anchor.closest('dialog') ?? document.body;
  const properties = { class: `popover ${className}`, popover: 'auto', role: 'dialog', 'aria-label': label };
  const panel = element('div', properties, content);
  host.append(panel);
  panel.showPopover();
  new ResizeObserver(() => place(panel, anchor)).observe(panel);
  const returnFocus = focusReturner(anchor);
  anchor.setAttribute('aria-expanded', 'true');
  panel.addEventListener('toggle', (event) => {
    if (event.newState === 'closed') finish(panel, anchor, onClose, returnFocus);
  });
  return () => panel.matches(':popover-open') && panel.hidePopover();
}

function finish(panel, anchor, onClose, returnFocus) {
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.remove();
  anchor.setAttribute('aria-expanded', 'false');
  onClose();
  if (hadFocus) returnFocus();
}

/** Beside the anchor where it fits; a sheet at the bottom of a small screen. */
function place(panel, anchor) {
  if (!panel.isConnected || !anchor.isConnected) return;
  if (window.innerWidth < SHEET_WIDTH) {
    panel.classList.add('is-sheet');
    return;
  }
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = box.bottom + MARGIN + height <= window.innerHeight;
  const top = below ? box.bottom + MARGIN : Math.max(MARGIN, box.top - MARGIN - height);
  const left = Math.min(Math.max(MARGIN, box.left), window.innerWidth - width - MARGIN);
  panel.style.top = `${top}px`;
  panel.style.left = `${left}px`;
}
