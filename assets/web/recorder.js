// The input of the page on the browser's audio thread: how loud it is, and what of it is recorded. It is
// told
//   { take: { sound, sides, from, frames } }     the recording to come: the port that its pieces go to,
//                                 how many channels it has, its first frame and how many there are
//   { aim }                       another first frame, as long as the recording has not begun
//   { end: true }                 to end now
// and says { peak, done } every now and then. Pieces are arrays of channels; a last message
// { ended, missing } tells how much the browser left out.
const PIECE = 8192;
const PACE = 1600;

class RecorderProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = 0;
    this.peak = 0;
    this.told = 0;
    this.take = null;
    this.port.onmessage = ({ data }) => this.hear(data);
  }

  hear({ take, aim, end }) {
    if (take) this.take = { ...take, done: 0, missing: 0, filled: 0, piece: this.empty(take.sides) };
    if (aim !== undefined && this.take?.done === 0) this.take.from = aim;
    if (end && this.take) this.end();
  }

  empty(sides) {
    return Array.from({ length: sides }, () => new Float32Array(PIECE));
  }

  // A busy browser leaves blocks out, and for some it says the frame of the one before: these count on,
  // and what was left out is silent, so that everything else stays in its place.
  process([input], [[first]]) {
    const begin = Math.max(this.frame, currentFrame);
    const length = first.length;
    this.frame = begin + length;
    for (const side of input) {
      for (let place = 0; place < side.length; place++) this.peak = Math.max(this.peak, Math.abs(side[place]));
    }
    const take = this.take;
    if (take && this.frame > take.from + take.done) {
      const due = take.from + take.done;
      if (due < begin) {
        take.missing += begin - due;
        this.write(null, 0, begin - due);
      }
      this.write(input, Math.max(0, due - begin), length);
      if (take.done >= take.frames) this.end();
    }
    if ((this.told += length) >= PACE) {
      this.port.postMessage({ peak: this.peak, done: this.take?.done ?? 0 });
      this.told = this.peak = 0;
    }
    return true;
  }

  write(input, from, to) {
    const { take } = this;
    to = Math.min(to, from + take.frames - take.done);
    while (from < to) {
      const count = Math.min(to - from, PIECE - take.filled);
      take.piece.forEach((side, place) => {
        const heard = input?.[place] ?? input?.[0];
        if (heard) side.set(heard.subarray(from, from + count), take.filled);
      });
      from += count;
      take.done += count;
      take.filled += count;
      if (take.filled === PIECE) this.send();
    }
  }

  send() {
    const { take } = this;
    const piece = take.piece.map((side) => side.slice(0, take.filled));
    take.sound.postMessage({ piece }, piece.map((side) => side.buffer));
    take.piece.forEach((side) => side.fill(0));
    take.filled = 0;
  }

  end() {
    if (this.take.filled > 0) this.send();
    this.take.sound.postMessage({ ended: true, missing: this.take.missing });
    this.take = null;
  }
}

registerProcessor("lockstep-recorder", RecorderProcessor);
