/** Small helpers to build and look at DOM nodes; everything else builds the page with them. */

/**
 * Makes an element.
 * @param {string} tag
 * @param {Object<string, *>} [properties] `class`, `dataset`, `on<event>` listeners, DOM booleans, or attributes.
 * @param {...(Node|string|number|Array|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) setProperty(node, name, value);
  append(node, children);
  return node;
}

function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'class') node.className = value;
  else if (name === 'dataset') Object.assign(node.dataset, value);
  else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (value === true) node.setAttribute(name, '');
  else node.setAttribute(name, value);
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

let identifierCount = 0;

/**
 * @param {string} prefix
 * @returns {string} an id that no other element on the page has.
 */
export function uniqueId(prefix) {
  identifierCount += 1;
  return `${prefix}-${identifierCount}`;
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), ' +
  'textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/**
 * @param {Element} root
 * @returns {HTMLElement|undefined} the first element inside that the keyboard can reach.
 */
export function firstFocusable(root) {
  return [...root.querySelectorAll(FOCUSABLE)].find((node) => node.getClientRects().length > 0);
}

/**
 * A message is drawn anew when it changes, so what opened a dialog may be gone when the dialog closes.
 * @param {HTMLElement} node
 * @returns {() => void} gives focus to the node, or to the control that took its place.
 */
export function focusReturner(node) {
  const messageId = node.closest('[data-message-id]')?.dataset.messageId;
  const { focusKey } = node.dataset;
  return () => {
    if (node.isConnected) node.focus();
    else if (messageId && focusKey) {
      document.querySelector(`[data-message-id="${messageId}"] [data-focus-key="${CSS.escape(focusKey)}"]`)?.focus();
    }
  };
}

/**
 * Moves focus through a list of elements with the arrow keys, Home and End.
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} nodes
 * @param {number} [columns] elements in a row, for grids.
 */
export function moveFocusWithArrows(event, nodes, columns = 1) {
  const current = nodes.indexOf(document.activeElement);
  const steps = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1 };
  let target;
  if (event.key in steps) target = nodes[Math.min(Math.max(current + steps[event.key], 0), nodes.length - 1)];
  else if (event.key === 'Home') target = nodes[0];
  else if (event.key === 'End') target = nodes.at(-1);
  if (!target) return;
  event.preventDefault();
  target.focus();
}
