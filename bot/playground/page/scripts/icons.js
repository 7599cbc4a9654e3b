/** The page's own line icons, drawn on a 24-unit grid. */

const PATHS = {
  hash: 'M9 4 7 20M17 4l-2 16M4 9h17M3 15h17',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M4 12 20 5l-5 15-3.5-6.5zM11.500 13.500 20 5',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 10v.01M15.500 10v.01M8.500 14.500c1.500 2 5.500 2 7 0',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5',
  download: 'M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  down: 'M6 9l6 6 6-6',
  check: 'M5 13l4.500 4.500L19 7',
  plus: 'M12 5v14M5 12h14',
  upload: 'M12 16V5M7.500 9 12 4.500 16.500 9M5 20h14',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
  brush: 'M4 20c3.500 0 5-1.500 5-4M9 16 19 4l2 2L11 18',
  eraser: 'M8 20h12M5 16 14 6l6 5-8 9H8z',
  undo: 'M9 7 4.500 11.500 9 16M5 11.500h9a5 5 0 0 1 0 10h-2',
  invert: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  fill: 'M4 4h16v16H4zM8 12h8M12 8v8',
  wand: 'M4 20 15 9M17.500 3v4M15.500 5h4M20 11v3M18.500 12.500h3M10 3v3M8.500 4.500h3',
  people:
    'M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c.5-4 3-6 7-6s6.500 2 7 6M16 5a3.500 3.500 0 0 1 0 7M18 14.500c2.500.8 3.700 2.500 4 5.500',
  contrast: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h5M12 12h8M12 17h5',
  eye: 'M2 12c3-5 6-7.500 10-7.500S19 7 22 12c-3 5-6 7.500-10 7.500S5 17 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  warning: 'M12 3 2 20h20zM12 10v4M12 17v.01',
  reply: 'M9 6 4 11l5 5M4 11h9c4 0 6 2 7 7',
};

const NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * @param {keyof PATHS} name
 * @returns {SVGSVGElement} a decorative icon in the current text colour.
 */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(NAMESPACE, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
