// The engine on the browser's audio thread. It is told what to play in messages, which count from the
// frame `at` on, or at once without one:
//   { at, score: Uint8Array }     bytes of the score that are others from there on, piece by piece: its
//                                 place, its length (both in 32 bits, little endian) and its bytes
//   Uint8Array                    such a score, at once
//   { at, sample: { key: [high, low], rate, channels: [Float32Array] } }     one that scores name
//   { at, transport: { frame, beat, tempo, loop: [start, end], pace, turned } }     rolling: the beat at
//                                 a frame, how much faster than its tempo it runs on from there, and how
//                                 many beats of loops have been run through before
//   { at, transport: null }       standing still; any transport takes the place of later ones
//   { at, listen: [muted, soloed, metronome, begins] }     for these ears only, as the engine takes it
//   { at, play: [track, code, key, amount] }     by hand, as the engine takes it
//   { levels: frames }            answered with the levels of tracks and mix and the engine's latency, all
//                                 in one array, at once and then every so many frames while there is
//                                 anything to hear
// Those among the processor's options are heard before the first frame.
//
// Where the page shares memory with it, most scores come through a ring instead, to be taken at once:
// bytes that go round, and marks that say how many were ever written and read, modulo 2^32, and how
// many of the posted scores were obeyed. The page posts where there is no room, and then until all that
// it posted is obeyed, so what is in the ring is older than what was posted.
const LEVELS = 2 * 17;
const [WRITTEN, READ, OBEYED] = [0, 1, 2];

class LockstepProcessor extends AudioWorkletProcessor {
  constructor({ processorOptions: { module, ring, messages } }) {
    super();
    // The module is compiled and asks for nothing, so it is an instance at once.
    this.engine = new WebAssembly.Instance(module).exports;
    this.player = this.engine.create(sampleRate);
    this.ring = ring;
    this.transport = null;
    this.frame = currentFrame;
    this.pace = 0;
    this.ahead = [];
    this.left = this.right = new Float32Array(0);
    messages.forEach((message) => this.hear(message));
    this.port.onmessage = ({ data }) => this.hear(data);
  }

  hear(said) {
    const message = said instanceof Uint8Array ? { score: said } : said;
    const { at = 0 } = message;
    if (message.transport !== undefined) {
      this.ahead = this.ahead.filter((other) => other.transport === undefined || other.at < at);
    }
    const later = this.ahead.findIndex((other) => other.at > at);
    this.ahead.splice(later < 0 ? this.ahead.length : later, 0, { ...message, at });
  }

  obey({ score, sample, transport, listen, play, levels }) {
    if (score) {
      this.revise(score);
      if (this.ring) Atomics.add(this.ring.marks, OBEYED, 1);
    }
    if (sample) {
      const { key, rate, channels } = sample;
      const frames = channels[0].length;
      const place = this.engine.sample_room(this.player, channels.length, frames);
      const room = new Float32Array(this.engine.memory.buffer, place, channels.length * frames);
      channels.forEach((channel, index) => room.set(channel, index * frames));
      this.engine.keep_sample(this.player, channels.length, ...key, rate);
    }
    if (transport !== undefined) this.transport = transport;
    if (listen) this.engine.listen(this.player, ...listen);
    if (play) this.engine.play(this.player, ...play);
    if (levels !== undefined) {
      this.pace = levels;
      this.loud = true;
      this.tell();
    }
  }

  revise(score) {
    const start = this.engine.score(this.player);
    const whole = new Uint8Array(this.engine.memory.buffer, start, this.engine.score_size());
    const numbers = new DataView(score.buffer, score.byteOffset);
    for (let read = 0; read < score.length; ) {
      const [place, length] = [numbers.getUint32(read, true), numbers.getUint32(read + 4, true)];
      whole.set(score.subarray(read + 8, read + 8 + length), place);
      read += 8 + length;
    }
  }

  empty({ marks, bytes }) {
    const [written, read] = [Atomics.load(marks, WRITTEN), Atomics.load(marks, READ)];
    if (written === read) return;
    const score = new Uint8Array((written - read) >>> 0);
    const begin = (read >>> 0) % bytes.length;
    const first = bytes.subarray(begin, begin + score.length);
    score.set(first);
    score.set(bytes.subarray(0, score.length - first.length), first.length);
    Atomics.store(marks, READ, written);
    this.revise(score);
  }

  tell() {
    const place = this.engine.levels(this.player);
    const levels = new Float32Array(this.engine.memory.buffer, place, LEVELS);
    const loud = levels.some((level) => level > 0);
    // Silence is said once.
    if (loud || this.loud) this.port.postMessage(Float32Array.of(...levels, this.engine.latency(this.player)));
    [this.loud, this.told] = [loud, this.frame];
  }

  // A change within a block falls on its frame. A busy browser leaves blocks out, and for some it says
  // the frame of the one before: these count on.
  process(_, [[left, right]]) {
    const begin = Math.max(this.frame, currentFrame);
    const end = begin + left.length;
    this.frame = begin;
    if (this.ring) this.empty(this.ring);
    while (this.frame < end) {
      while (this.ahead.length > 0 && this.ahead[0].at <= this.frame) this.obey(this.ahead.shift());
      const next = this.ahead.length > 0 ? Math.min(end, Math.ceil(this.ahead[0].at)) : end;
      this.render(this.frame, next - this.frame);
      left.set(this.left, this.frame - begin);
      right.set(this.right, this.frame - begin);
      this.frame = next;
    }
    if (this.pace > 0 && this.frame - this.told >= this.pace) this.tell();
    return true;
  }

  render(first, frames) {
    if (!this.transport) {
      this.engine.render(this.player, frames, 0, 0, 0, 0, 0, 0);
    } else {
      const { frame, beat, tempo, loop: [start, end], pace = 1, turned: before = 0 } = this.transport;
      const now = beat + (first - frame) * ((tempo * pace) / (60 * sampleRate));
      const turns = start < end && beat < end && now >= end ? Math.floor((now - start) / (end - start)) : 0;
      const turned = turns * (end - start);
      this.engine.render(this.player, frames, 1, now - turned, tempo, start, end, before + turned);
    }
    this.left = this.view(this.left, this.engine.left(this.player), frames);
    this.right = this.view(this.right, this.engine.right(this.player), frames);
  }

  // The same view as long as it still holds: memory that grows leaves old views empty.
  view(last, place, frames) {
    const { buffer } = this.engine.memory;
    const holds = last.buffer === buffer && last.byteOffset === place && last.length === frames;
    return holds ? last : new Float32Array(buffer, place, frames);
  }
}

registerProcessor("lockstep", LockstepProcessor);
