/** A painted mask as a list of strokes over a picture: painting, undo, and the PNG that comes out. */

const LONGEST_SIDE = 2048;

/**
 * @typedef {Object} Stroke
 * @property {'paint'|'erase'|'clear'|'fill'|'invert'} kind
 * @property {number} [width] of the brush, in mask pixels.
 * @property {{x: number, y: number}[]} [points] in mask pixels.
 */

/** The mask at the garment's size (at most 2048 pixels on the long side, same aspect). */
export class MaskLayers {
  /** @type {Stroke[]} */
  #strokes;
  #canvas;
  #brush;

  /**
   * @param {number} width of the garment in pixels.
   * @param {number} height
   * @param {Stroke[]} [strokes] an earlier painting to go on with.
   */
  constructor(width, height, strokes = []) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    this.#canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
    this.#brush = this.#canvas.getContext('2d');
    this.#strokes = [...strokes];
    this.#replay();
  }

  get width() {
    return this.#canvas.width;
  }

  get height() {
    return this.#canvas.height;
  }

  /** @returns {Stroke[]} a copy, to go on painting later. */
  get strokes() {
    return [...this.#strokes];
  }

  /** White where the garment is, transparent elsewhere. */
  get canvas() {
    return this.#canvas;
  }

  begin(kind, width, point) {
    this.#strokes.push({ kind, width, points: [point] });
    this.#drawSegment(kind, width, point, point);
  }

  extend(point) {
    const { kind, width, points } = this.#strokes.at(-1);
    this.#drawSegment(kind, width, points.at(-1), point);
    points.push(point);
  }

  /** @param {'clear'|'fill'|'invert'} kind changes the whole mask at once. */
  change(kind) {
    this.#strokes.push({ kind });
    this.#apply({ kind });
  }

  /** @returns {boolean} whether there was something to take back. */
  undo() {
    if (!this.#strokes.length) return false;
    this.#strokes.pop();
    this.#replay();
    return true;
  }

  /** @returns {boolean} whether no pixel is marked. */
  isEmpty() {
    const { data } = this.#brush.getImageData(0, 0, this.width, this.height);
    for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] > 127) return false;
    return true;
  }

  /** @returns {Promise<Blob>} PNG, white is garment, black is not. */
  toPng() {
    const picture = new OffscreenCanvas(this.width, this.height);
    const context = picture.getContext('2d');
    context.fillStyle = 'black';
    context.fillRect(0, 0, this.width, this.height);
    context.drawImage(this.#canvas, 0, 0);
    return picture.convertToBlob({ type: 'image/png' });
  }

  #replay() {
    this.#brush.clearRect(0, 0, this.width, this.height);
    for (const stroke of this.#strokes) this.#apply(stroke);
  }

  #apply({ kind, width, points }) {
    if (kind === 'clear') this.#brush.clearRect(0, 0, this.width, this.height);
    else if (kind === 'fill') this.#cover('source-over');
    else if (kind === 'invert') this.#cover('xor');
    else points.forEach((point, index) => this.#drawSegment(kind, width, points[Math.max(0, index - 1)], point));
  }

  #cover(operation) {
    this.#brush.globalCompositeOperation = operation;
    this.#brush.fillStyle = 'white';
    this.#brush.fillRect(0, 0, this.width, this.height);
    this.#brush.globalCompositeOperation = 'source-over';
  }

  #drawSegment(kind, width, from, to) {
    const brush = this.#brush;
    brush.globalCompositeOperation = kind === 'erase' ? 'destination-out' : 'source-over';
    brush.strokeStyle = 'white';
    brush.lineWidth = width;
    brush.lineCap = 'round';
    brush.beginPath();
    brush.moveTo(from.x, from.y);
    brush.lineTo(to.x + 0.01, to.y);
    brush.stroke();
    brush.globalCompositeOperation = 'source-over';
  }
}
