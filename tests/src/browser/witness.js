// Listens to whatever input the page opens, on the same audio thread but by code of its own, and knows what
// the browser says of the ways of sound.
window.witness = { port: null, track: null, context: null };
const made = AudioContext.prototype.createMediaStreamSource;
AudioContext.prototype.createMediaStreamSource = function (stream) {
  const source = made.call(this, stream);
  const node = new AudioWorkletNode(this, "witness");
  source.connect(node).connect(this.destination);
  Object.assign(witness, { port: node.port, track: stream.getAudioTracks()[0], context: this });
  return source;
};
witness.strikes = () => new Promise((answer) => {
  witness.port.onmessage = ({ data }) => answer(data);
  witness.port.postMessage({});
});
// In seconds: how long before a frame is heard what came in with it was played.
witness.way = () => {
  const { baseLatency, outputLatency } = witness.context;
  return baseLatency + outputLatency + (witness.track.getSettings().latency ?? 0);
};
