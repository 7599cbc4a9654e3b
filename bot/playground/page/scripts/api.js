/** Calls to the playground server's own small API (`/play/…`). */

/** A refusal by the server, or no answer at all; `message` is a sentence for the user. */
export class ApiError extends Error {}

const UNREACHABLE = 'The playground server does not answer. Is it still running?';

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(UNREACHABLE);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(body?.message ?? body?.error ?? `The server refused this (${response.status}).`);
  return body;
}

function withJson(method, body) {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function reactionPath(channelId, messageId, emoji, userId) {
  const key = encodeURIComponent(emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);
  return `/play/channels/${channelId}/messages/${messageId}/reactions/${key}?user_id=${userId}`;
}

/**
 * @param {string|null} userId who looks at the page; null lets the server choose.
 * @returns {Promise<Object>} guild, channels, users, bot, commands, samples, user_id.
 */
export function fetchState(userId) {
  return request(`/play/state${userId ? `?user_id=${userId}` : ''}`);
}

/** @returns {Promise<Object[]>} a page of messages, oldest first. */
export function fetchMessages(channelId, userId, before = null, limit = 50) {
  const query = new URLSearchParams({ user_id: userId, limit });
  if (before) query.set('before', before);
  return request(`/play/channels/${channelId}/messages?${query}`);
}

export function postMessage(channelId, userId, content) {
  return request(`/play/channels/${channelId}/messages`, withJson('POST', { user_id: userId, content }));
}

/** Deletes a message, or dismisses an ephemeral one. */
export function deleteMessage(channelId, messageId, userId) {
  return request(`/play/channels/${channelId}/messages/${messageId}?user_id=${userId}`, { method: 'DELETE' });
}

export function addReaction(channelId, messageId, emoji, userId) {
  return request(reactionPath(channelId, messageId, emoji, userId), { method: 'PUT' });
}

export function removeReaction(channelId, messageId, emoji, userId) {
  return request(reactionPath(channelId, messageId, emoji, userId), { method: 'DELETE' });
}

/**
 * Sends a command, a component press or a modal to the bot.
 * @param {Object} payload user_id, channel_id, nonce, type, data.
 * @param {Object<string, File>} [files] by the part name that an attachment option's value holds.
 * @returns {Promise<{interaction_id: string}>}
 */
export function sendInteraction(payload, files = {}) {
  const form = new FormData();
  form.set('payload', JSON.stringify(payload));
  for (const [part, file] of Object.entries(files)) form.set(part, file, file.name);
  return request('/play/interactions', { method: 'POST', body: form });
}

/** @returns {Promise<{choices: {name: string, value: *}[]}>} */
export function autocomplete(channelId, userId, data) {
  return request('/play/autocomplete', withJson('POST', { user_id: userId, channel_id: channelId, data }));
}
