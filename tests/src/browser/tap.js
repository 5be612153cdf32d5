// Remembers on the page's audio thread all that it is told and all that it plays.
registerProcessor("lockstep", class extends LockstepProcessor {
  constructor(options) {
    super(options);
    this.first = null;
    this.changes = [];
    this.sound = [];
    this.times = [];
    const { onmessage } = this.port;
    this.port.onmessage = (event) => {
      if (event.data.overhear) this.answer(event.data.overhear);
      else onmessage.call(this.port, event);
    };
  }

  answer(what) {
    if (what === "frames") this.port.postMessage({ overheard: this.first === null ? 0 : this.frame - this.first });
    else this.port.postMessage({ overheard: { first: this.first, changes: this.changes, sound: this.sound, times: this.times } });
  }

  obey(message) {
    super.obey(message);
    const { levels, ...change } = message;
    if (levels === undefined) this.changes.push({ ...change, at: this.frame });
  }

  process(inputs, outputs) {
    const now = Date.now();
    const goesOn = super.process(inputs, outputs);
    const at = this.frame - outputs[0][0].length;
    // It is made some blocks before the first that it plays.
    this.first ??= at;
    this.times.push(at - this.first, now);
    this.sound.push({ at: at - this.first, sides: outputs[0].map((side) => side.slice()) });
    return goesOn;
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
