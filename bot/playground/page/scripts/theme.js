/** Dark by default; light, or the system's choice, if the member prefers it. */

const STORAGE_KEY = 'playground-theme';
const ORDER = ['dark', 'light', 'system'];

function current() {
  const stored = localStorage.getItem(STORAGE_KEY);
  return ORDER.includes(stored) ? stored : ORDER[0];
}

function apply(button) {
  const theme = current();
  document.documentElement.dataset.theme = theme;
  const label = `Theme: ${theme}. Switch to ${following(theme)}`;
  button.setAttribute('aria-label', label);
  button.title = label;
}

function following(theme) {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
}

/** Makes the button go through the themes and remembers the choice. */
export function connectThemeButton(button) {
  button.addEventListener('click', () => {
    localStorage.setItem(STORAGE_KEY, following(current()));
    apply(button);
  });
  apply(button);
}
