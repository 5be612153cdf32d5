// Decodes one audio file away from the page, so that nothing on the screen waits: is told
// { module, bytes } and answers { rate, channels: [Float32Array] } or { refusal }. A file that makes the
// decoder give up is an error, and takes this worker alone with it.
onmessage = ({ data: { module, bytes } }) => {
  const decoder = new WebAssembly.Instance(module).exports;
  const work = decoder.begin(bytes.length);
  new Uint8Array(decoder.memory.buffer, decoder.room(work), bytes.length).set(bytes);
  const count = decoder.decode(work);
  if (count === 0) {
    const words = new Uint8Array(decoder.memory.buffer, decoder.refusal(work), decoder.refusal_length(work));
    postMessage({ refusal: new TextDecoder().decode(words) });
    return;
  }
  const channels = Array.from({ length: count }, (_, side) =>
    new Float32Array(decoder.memory.buffer, decoder.channel(work, side), decoder.length(work)).slice());
  postMessage({ rate: decoder.rate(work), channels }, channels.map((channel) => channel.buffer));
};
