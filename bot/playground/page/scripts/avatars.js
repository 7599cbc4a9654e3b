/** Round pictures of members; initials on the member's own colour where there is no picture. */

import { element } from './dom.js';
import { reachableUrl } from './media.js';

const HUES = [8, 32, 92, 158, 190, 214, 262, 318];

/** @returns {string} the name that the guild sees. */
export function displayName(user, member = undefined) {
  return member?.nick ?? user?.global_name ?? user?.username ?? 'Unknown member';
}

/** @returns {HTMLElement} decorative: the name always stands beside it. */
export function avatar(user, className = 'avatar') {
  const url = avatarUrl(user);
  if (url) return element('img', { class: className, src: reachableUrl(url), alt: '' });
  const node = element(
    'span',
    { class: `${className} is-initials`, 'aria-hidden': 'true' },
    initials(displayName(user)),
  );
  node.style.setProperty('--hue', HUES[Number(BigInt(user?.id ?? 0) % BigInt(HUES.length))]);
  return node;
}

function avatarUrl(user) {
  if (user?.avatar_url) return user.avatar_url;
  return user?.avatar ? `/cdn/avatars/${user.id}/${user.avatar}.png` : null;
}

function initials(name) {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join('')
    .toUpperCase();
}
