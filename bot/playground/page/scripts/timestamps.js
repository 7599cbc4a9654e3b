/** Discord's `<t:seconds:style>` timestamps, kept fresh while they are on the page. */

import { element } from './dom.js';

const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

const UNITS = [
  ['year', 31536000],
  ['month', 2592000],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * @param {Date} date
 * @param {string} [style] one of Discord's style letters.
 * @returns {string}
 */
export function formatTimestamp(date, style = 'f') {
  if (style === 'R') return relativeTime(date);
  return new Intl.DateTimeFormat('en-GB', STYLES[style] ?? STYLES.f).format(date);
}

/** @returns {string} e.g. `in 4 seconds`, `2 minutes ago`. */
export function relativeTime(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  return relativeFormat.format(Math.trunc(seconds / length), unit);
}

/** @returns {HTMLTimeElement} */
export function timestampElement(seconds, style = 'f') {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return element('span', {}, 'Invalid date');
  const properties = { class: 'timestamp', datetime: date.toISOString(), title: formatTimestamp(date, 'F') };
  return element('time', { ...properties, dataset: { style } }, formatTimestamp(date, style));
}

/** @returns {string} how the head of a message says when it was sent. */
export function messageTime(date) {
  const day = dayLabel(date);
  const time = formatTimestamp(date, 't');
  return ['Today', 'Yesterday'].includes(day) ? `${day} at ${time}` : `${formatTimestamp(date, 'd')} ${time}`;
}

/** @returns {string} `Today`, `Yesterday` or the date in words. */
export function dayLabel(date) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (date.toDateString() === new Date().toDateString()) return 'Today';
  if (date.toDateString() === yesterday.toDateString()) return 'Yesterday';
  return formatTimestamp(date, 'D');
}

/** Rewrites relative timestamps once a second. */
export function keepTimestampsFresh() {
  setInterval(() => {
    for (const node of document.querySelectorAll('time[data-style="R"]')) {
      const text = relativeTime(new Date(node.dateTime));
      if (node.textContent !== text) node.textContent = text;
    }
  }, 1000);
}
