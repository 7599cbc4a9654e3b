/** The live connection: frames from the server as DOM events, reconnecting by itself. */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8000;

/**
 * Dispatches `frame` (detail: `{t, d}`), `open` (each time connected) and `lost`.
 */
export class LiveEvents extends EventTarget {
  #socket = null;
  #delay = FIRST_DELAY_MS;
  #timer = null;

  /** Connects for this member and channel, leaving the previous connection. */
  connect(userId, channelId) {
    this.close();
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const query = new URLSearchParams({ user_id: userId, channel_id: channelId });
    this.#open(`${scheme}://${location.host}/play/events?${query}`);
  }

  close() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #open(url) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('open', () =>
      this.#whenCurrent(socket, () => {
        this.#delay = FIRST_DELAY_MS;
        this.dispatchEvent(new Event('open'));
      }),
    );
    socket.addEventListener('message', (event) =>
      this.#whenCurrent(socket, () => {
        this.dispatchEvent(new CustomEvent('frame', { detail: JSON.parse(event.data) }));
      }),
    );
    socket.addEventListener('close', () => this.#whenCurrent(socket, () => this.#retry(url)));
  }

  #whenCurrent(socket, action) {
    if (this.#socket === socket) action();
  }

  #retry(url) {
    this.dispatchEvent(new Event('lost'));
    this.#timer = setTimeout(() => this.#open(url), this.#delay);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
  }
}
