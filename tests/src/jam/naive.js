// Writes down every ping of the page with its answer, and what the audio clock showed then: all that a
// simple page would go by. Times are milliseconds of the page's clock and microseconds of the server's.
window.naive = [];
const send = WebSocket.prototype.send;
const sent = new Map();
WebSocket.prototype.send = function (text) {
  if (!this.isOverheard) {
    this.isOverheard = true;
    this.addEventListener("message", ({ data }) => {
      if (!data.startsWith('{"pong"')) return;
      const { pong } = JSON.parse(data);
      const context = window.overhear?.context;
      if (!sent.has(pong.sent) || !context) return;
      const now = performance.now();
      naive.push([sent.get(pong.sent), now, pong.received, pong.answered, context.currentTime * 1e3]);
    });
  }
  if (text.startsWith?.('{"ping"')) sent.set(JSON.parse(text).ping.sent, performance.now());
  return send.call(this, text);
};
