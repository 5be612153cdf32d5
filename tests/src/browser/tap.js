// Remembers on the page's audio thread all that it is told and all that it plays, until somebody asks. The
// thread is to sound meanwhile: what it hands over is moved, not copied, and handed over once.
const PIECE = 8192;

registerProcessor("lockstep", class extends LockstepProcessor {
  constructor(options) {
    super(options);
    this.first = null;
    this.changes = [];
    // The blocks that came without a gap, joined.
    this.sound = [];
    this.times = [];
    const { onmessage } = this.port;
    this.port.onmessage = (event) => {
      if (event.data.overhear) this.answer(event.data.overhear);
      else onmessage.call(this.port, event);
    };
  }

  answer(what) {
    const { first, changes, sound, times } = this;
    if (what === "frames") this.port.postMessage({ overheard: first === null ? 0 : this.frame - first });
    else if (what === "first") this.port.postMessage({ overheard: first });
    else {
      [this.changes, this.sound, this.times] = [[], [], []];
      const moved = sound.flatMap(({ sides }) => sides.map((side) => side.buffer));
      this.port.postMessage({ overheard: { first, changes, sound, times } }, moved);
    }
  }

  obey(message) {
    super.obey(message);
    const { levels, score, ...change } = message;
    if (levels === undefined && score === undefined) this.changes.push({ ...change, at: this.frame });
  }

  // Whichever way it came.
  revise(score) {
    super.revise(score);
    this.changes.push({ score, at: this.frame });
  }

  process(inputs, outputs) {
    const now = Date.now();
    const goesOn = super.process(inputs, outputs);
    const [block] = outputs;
    const frames = block[0].length;
    const at = this.frame - frames;
    // It is made some blocks before the first that it plays.
    this.first ??= at;
    this.times.push(at - this.first, now);
    const piece = this.piece(at - this.first, frames);
    block.forEach((side, place) => piece.sides[place].set(side, piece.length));
    piece.length += frames;
    return goesOn;
  }

  // Where the block at this frame goes.
  piece(at, frames) {
    const last = this.sound.at(-1);
    if (last && last.at + last.length === at && last.length + frames <= PIECE) return last;
    const piece = { at, length: 0, sides: [new Float32Array(PIECE), new Float32Array(PIECE)] };
    this.sound.push(piece);
    return piece;
  }
});
// Beside the page's own recorder: in which frames an input becomes loud after silence.
registerProcessor("witness", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = 0;
    this.quiet = 0;
    this.strikes = [];
    this.port.onmessage = () => this.port.postMessage(this.strikes);
  }

  process([[side]]) {
    this.frame = Math.max(this.frame, currentFrame);
    (side ?? new Float32Array(128)).forEach((sample, place) => {
      if (Math.abs(sample) < 0.05) this.quiet += 1;
      else {
        if (this.quiet > 2000) this.strikes.push(this.frame + place);
        this.quiet = 0;
      }
    });
    this.frame += side?.length ?? 128;
    return true;
  }
});
