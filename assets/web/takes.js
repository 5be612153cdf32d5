// Keeps what was recorded or brought in, in the browser's own store and piece by piece as it comes, until
// the server has it; has the plugin's own code look at it, cut it and write it as a file; and sends it. Each
// message is { number, does, take }, with a port for pieces. Its answer has the same number, and maybe
// { percent } before; { refusal } says in words that it was not done, { passing } that it may be later.
const kept = new Map();
let store = null;
let code = null;

const result = (request) => new Promise((good, bad) => {
  request.onsuccess = () => good(request.result);
  request.onerror = () => bad(request.error);
});

function opened() {
  store ??= (async () => {
    const asked = indexedDB.open("lockstep-takes", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("takes", { keyPath: "id" });
      asked.result.createObjectStore("pieces", { keyPath: ["id", "number"] });
    };
    return result(asked);
  })();
  return store;
}

// All of it is written, or none.
async function write(work) {
  const change = (await opened()).transaction(["takes", "pieces"], "readwrite", { durability: "strict" });
  await new Promise((good, bad) => {
    change.oncomplete = good;
    change.onabort = () => bad(change.error);
    work(change.objectStore("takes"), change.objectStore("pieces"));
  });
}

// A browser without room or store has it in memory alone, and the page says so.
async function tryToWrite(take, work) {
  try {
    if (!take.about.unkept) await write(work);
  } catch {
    take.about.unkept = true;
  }
}

async function all(ids) {
  const found = await Promise.all(ids.map(async (id) => {
    const take = kept.get(id);
    if (take) return take.pieces;
    const pieces = (await opened()).transaction("pieces").objectStore("pieces");
    return (await result(pieces.getAll(IDBKeyRange.bound([id, 0], [id, Infinity])))).map(({ sides }) => sides);
  }));
  return found.flat();
}

async function instance(module) {
  try {
    code ??= WebAssembly.compileStreaming(fetch(module));
    return new WebAssembly.Instance(await code).exports;
  } catch {
    code = null;
    throw new Error("the decoder could not be fetched", { cause: "passing" });
  }
}

// The frames of a take in an instance of their own, which goes with them.
async function work({ id, module, rate, sides, frames }) {
  const pieces = await all([id]);
  const exports = await instance(module);
  const work = exports.take_begin(rate, sides, frames);
  for (let side = 0; side < sides; side++) {
    const room = new Float32Array(exports.memory.buffer, exports.take_room(work, side), frames);
    let place = 0;
    for (const piece of pieces) {
      const part = (piece[side] ?? piece[0]).subarray(0, frames - place);
      room.set(part, place);
      place += part.length;
    }
  }
  exports.take_is_there(work);
  return { exports, work, bytes: (Kind, place, length) => new Kind(exports.memory.buffer, place, length) };
}

const COLUMNS = 400;
const does = {
  // Those of this browser, without their sound.
  async list() {
    const takes = (await opened()).transaction("takes").objectStore("takes");
    return { takes: await result(takes.getAll()) };
  },

  // A recording begins: its pieces come through a port of their own. Answers when it is over.
  async record({ about, module }, [sound]) {
    // It is wanted when the recording is over, and the server may be gone by then.
    instance(module).catch(() => {});
    const take = { about: { ...about, frames: 0 }, pieces: [] };
    kept.set(about.id, take);
    let writing = Promise.resolve();
    await new Promise((over) => {
      const hear = ({ piece, ended, missing }) => {
        if (ended) return over(take.about.missing = missing);
        const number = take.pieces.push(piece);
        take.about.frames += piece[0].length;
        const about = { ...take.about };
        writing = writing.then(() => tryToWrite(take, (takes, pieces) => {
          takes.put(about);
          pieces.put({ id: about.id, number, sides: piece });
        }));
      };
      sound.onmessage = ({ data }) => hear(data);
      take.end = () => hear({ ended: true, missing: 0 });
    });
    await writing;
    if (take.about.frames === 0) kept.delete(about.id);
    else await tryToWrite(take, (takes) => takes.put(take.about));
    return take.about;
  },

  // The device is gone, and will not say so: what has come is all there is.
  async end({ id }) {
    kept.get(id)?.end?.();
    return {};
  },

  // A file that was brought in, as it is.
  async bring({ about }) {
    const take = { about, pieces: [] };
    kept.set(about.id, take);
    await tryToWrite(take, (takes) => takes.put(about));
    return about;
  },

  // A copy of a sample, to be cut here.
  async cut({ about, address, module }) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error("it has not come to the server yet");
    const file = new Uint8Array(await answer.arrayBuffer());
    const exports = await instance(module);
    const work = exports.begin(file.length);
    new Uint8Array(exports.memory.buffer, exports.room(work), file.length).set(file);
    const sides = exports.decode(work);
    if (sides === 0) throw new Error("it is damaged");
    const frames = exports.length(work);
    const channels = Array.from({ length: sides }, (_, side) =>
      new Float32Array(exports.memory.buffer, exports.channel(work, side), frames).slice());
    const take = { about: { ...about, sides, frames, rate: exports.rate(work) }, pieces: [channels] };
    kept.set(about.id, take);
    await tryToWrite(take, (takes, pieces) => {
      takes.put(take.about);
      pieces.put({ id: about.id, number: 1, sides: channels });
    });
    return take.about;
  },

  // What has changed: what is to become of it, and where it is cut.
  async note({ about }) {
    const take = kept.get(about.id);
    if (take) Object.assign(take.about, about);
    if (!take?.about.unkept) await write((takes) => {
      takes.get(about.id).onsuccess = ({ target }) => {
        if (target.result) takes.put({ ...target.result, ...about });
      };
    });
    return about;
  },

  async look(take) {
    const { exports, work: at, bytes } = await work(take);
    const outline = bytes(Float32Array, exports.take_outline(at, COLUMNS), COLUMNS);
    const line = Array.from(outline, (peak, place) => {
      const half = Math.max(0.5, Math.min(peak, 1) * 49).toFixed(1);
      return `M${place} ${50 - half}v${2 * half}`;
    });
    const found = exports.take_onsets(at, take.from, take.to, take.sensitivity, take.most);
    return { line: line.join(""), onsets: Array.from(bytes(Uint32Array, exports.take_frames(at), found)) };
  },

  async file(take) {
    const { file } = kept.get(take.id)?.about ?? await result((await opened()).transaction("takes").objectStore("takes").get(take.id));
    if (file) return { file };
    const { exports, work: at, bytes } = await work(take);
    const length = exports.take_file(at, take.from, take.to, take.normalised);
    if (length === 0) throw new Error("it cannot be written");
    return { file: new Blob([bytes(Uint8Array, exports.take_bytes(at), length)], { type: "audio/wav" }) };
  },

  // Progress is told before the answer: what an edit needs, or why there is none.
  async send(take, _, tell) {
    const { file } = await does.file(take);
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/sessions/${take.session}/samples?name=${encodeURIComponent(take.name)}`);
    request.upload.onprogress = ({ loaded, total }) => tell({ percent: Math.floor((100 * loaded) / total) });
    await new Promise((ended) => {
      request.onloadend = ended;
      request.send(file);
    });
    const { status, responseText } = request;
    // A server that is away, full or busy may be well in a moment.
    if (status === 0 || status === 408 || status === 429 || status >= 500) return { passing: true };
    const said = JSON.parse(responseText);
    return said.sample ? said : { refusal: said.message };
  },

  async forget({ id }) {
    kept.delete(id);
    await write((takes, pieces) => {
      takes.delete(id);
      pieces.delete(IDBKeyRange.bound([id, 0], [id, Infinity]));
    });
    return {};
  },
};

onmessage = async ({ data: { number, does: what, take }, ports }) => {
  const tell = (answer) => postMessage({ ...answer, number });
  try {
    tell(await does[what](take, ports, tell));
  } catch (error) {
    if (error?.cause === "passing") tell({ passing: true });
    else tell({ refusal: error?.message || "this browser keeps nothing" });
  }
};
