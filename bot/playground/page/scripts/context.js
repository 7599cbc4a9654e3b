/** What the parts of the page share; made once in `main.js`. */

/**
 * @typedef {Object} Context
 * @property {import('./store.js').Store} store
 * @property {import('./interactions.js').Interactions} interactions
 * @property {import('./lightbox.js').Lightbox} lightbox
 * @property {(text: string) => DocumentFragment} markdown
 * @property {(text: string) => string} plainText
 * @property {(message: Object, emoji: Object, isAdded: boolean) => void} react
 * @property {(message: Object) => void} deleteMessage deletes it, or dismisses an ephemeral one.
 * @property {(sentence: string) => void} complain tells the user that something failed.
 * @property {(garment: File, mask?: File) => Promise<File|null>} paintMask null if the member cancelled.
 * @property {(sentence: string) => void} announce tells screen readers.
 */

export {};
