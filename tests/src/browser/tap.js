// Remembers on the page's audio thread all that it is told and all that it plays.
registerProcessor("lockstep", class extends LockstepProcessor {
  constructor(options) {
    super(options);
    this.first = null;
    this.changes = [];
    this.sound = [];
    const { onmessage } = this.port;
    this.port.onmessage = (event) => {
      if (event.data.overhear) this.tell(event.data.overhear);
      else onmessage.call(this.port, event);
    };
  }

  tell(what) {
    if (what === "frames") this.port.postMessage({ overheard: this.first === null ? 0 : currentFrame - this.first });
    else this.port.postMessage({ overheard: { first: this.first, changes: this.changes, sound: this.sound } });
  }

  obey(message) {
    super.obey(message);
    const { levels, ...change } = message;
    if (!levels) this.changes.push({ ...change, at: Math.max(currentFrame, Math.ceil(message.at)) });
  }

  process(inputs, outputs) {
    // It is made some blocks before the first that it plays.
    this.first ??= currentFrame;
    const goesOn = super.process(inputs, outputs);
    this.sound.push(outputs[0][0].slice(), outputs[0][1].slice());
    return goesOn;
  }
});
