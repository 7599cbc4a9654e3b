/** Addresses, sizes and names of files. */

/** What a file picker offers; not every system counts phones' photos among the pictures. */
export const ACCEPTED_PICTURES = 'image/*,.heic,.heif';

const OUR_PATHS = ['/cdn/', '/samples/'];

/**
 * The server writes absolute addresses with the host it listens on. A page that was opened under another name of the
 * same machine reaches the same files only through its own origin.
 * @param {string} url
 * @returns {string} an address that this page can load.
 */
export function reachableUrl(url) {
  if (!url) return '';
  const address = new URL(url, location.href);
  if (OUR_PATHS.some((path) => address.pathname.startsWith(path))) return address.pathname + address.search;
  return address.href;
}

/** @returns {string} e.g. `1.4 MB`. */
export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** @returns {string} `linen-shirt.jpg` as `Linen shirt`. */
export function speakingName(filename) {
  const words = filename
    .split('/')
    .at(-1)
    .replace(/\.\w+$/, '')
    .replaceAll(/[-_]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @returns {Promise<File>} the sample picture as if the member had chosen it from disk. */
export async function fetchSample(sample) {
  const response = await fetch(reachableUrl(sample.url));
  if (!response.ok) throw new Error(`The sample picture ${sample.name} is missing on the server.`);
  const blob = await response.blob();
  return new File([blob], sample.url.split('/').at(-1).split('?')[0], { type: blob.type });
}
