// Gets hold of the page's audio before anybody has touched it, and writes down what the browser says
// of its output beside the clock on the wall.
window.overhear = { context: null, port: null, output: [], clicks: [], hidden: 0 };
const Node = AudioWorkletNode;
window.AudioWorkletNode = class extends Node {
  constructor(context, name, ...others) {
    super(context, name, ...others);
    overhear.context = context;
    if (name === "lockstep") overhear.port = this.port;
  }
};
setInterval(() => {
  if (!overhear.context) return;
  const { contextTime, performanceTime } = overhear.context.getOutputTimestamp();
  if (contextTime > 0) {
    overhear.output.push([contextTime * overhear.context.sampleRate, performance.timeOrigin + performanceTime]);
  }
}, 100);
document.addEventListener("pointerdown", () => {
  if (overhear.context) overhear.clicks.push(overhear.context.currentTime * overhear.context.sampleRate);
}, true);
document.addEventListener("visibilitychange", () => { if (document.hidden) overhear.hidden += 1; });
overhear.ask = (what) => new Promise((answer) => {
  const hear = ({ data }) => {
    if (data.overheard === undefined) return;
    overhear.port.removeEventListener("message", hear);
    answer(data.overheard);
  };
  overhear.port.addEventListener("message", hear);
  overhear.port.postMessage({ overhear: what });
});
// Bytes of all kinds, one after the other, for one trip to the test.
overhear.bytes = [];
overhear.put = (array) => {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const start = overhear.bytes.reduce((sum, part) => sum + part.length, 0);
  overhear.bytes.push(bytes);
  return [start, start + bytes.length];
};
// Everything since it was asked for the last time.
overhear.news = async () => {
  const { first, changes, sound, times } = await overhear.ask("news");
  overhear.bytes = [];
  const pieces = sound.map(({ at, length, sides }) => ({ at, sides: sides.map((side) => overhear.put(side.subarray(0, length))) }));
  for (const change of changes) {
    if (change.score) change.score = overhear.put(change.score);
    if (change.sample) change.sample.channels = change.sample.channels.map(overhear.put);
  }
  const rendered = overhear.put(Float64Array.from(times));
  const all = new Blob(overhear.bytes);
  overhear.bytes = [new Uint8Array(await all.arrayBuffer())];
  const [output, clicks] = [overhear.output.splice(0), overhear.clicks.splice(0)];
  return { origin: performance.timeOrigin, rate: overhear.context.sampleRate, first, changes, pieces, rendered, output, clicks, length: all.size };
};
// As text, a piece at a time.
overhear.text = (start) => {
  let text = "";
  const bytes = overhear.bytes[0].subarray(start, start + 3_000_000);
  for (let place = 0; place < bytes.length; place += 30_000) {
    text += btoa(String.fromCharCode(...bytes.subarray(place, place + 30_000)));
  }
  return text;
};
