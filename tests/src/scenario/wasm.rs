//! The engine's wasm in an interpreter: a second opinion on what its code computes.

use super::{Machine, Place, Take, compiled_engine};
use crate::hosts::Sound;
use wasmi::{Engine, Instance, Memory, Module, Store, WasmParams, WasmResults};

pub(super) struct Wasm {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    player: u32,
}

impl Wasm {
    pub(super) fn new(rate: f64) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, compiled_engine()).expect("the engine is wasm");
        assert_eq!(module.imports().count(), 0, "the engine asks for nothing");
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("the engine starts");
        let memory = instance
            .get_memory(&store, "memory")
            .expect("its memory is open");
        let mut wasm = Self {
            store,
            instance,
            memory,
            player: 0,
        };
        wasm.player = wasm.call("create", rate);
        assert_ne!(wasm.player, 0, "the engine can play at {rate} Hz");
        wasm
    }

    fn call<Params: WasmParams, Results: WasmResults>(
        &mut self,
        name: &str,
        params: Params,
    ) -> Results {
        let function = self
            .instance
            .get_typed_func::<Params, Results>(&self.store, name);
        let function = function.unwrap_or_else(|error| panic!("{name}: {error}"));
        function
            .call(&mut self.store, params)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn channel(&mut self, name: &str, frames: usize) -> Vec<f32> {
        let place: u32 = self.call(name, self.player);
        let mut bytes = vec![0; 4 * frames];
        self.memory
            .read(&self.store, index(place), &mut bytes)
            .expect("the sound is in the memory");
        let samples = bytes.as_chunks().0.iter();
        samples.map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }
}

impl Machine for Wasm {
    fn play_from_now(&mut self, score: &[u8]) {
        let size: u32 = self.call("score_size", ());
        assert_eq!(index(size), score.len(), "both sides mean the same score");
        let place: u32 = self.call("score", self.player);
        self.memory
            .write(&mut self.store, index(place), score)
            .expect("the score has room");
    }

    fn keep(&mut self, take: &Take) {
        let channels = u32::try_from(take.channels.len()).expect("two at most");
        let frames = take.channels.first().map_or(0, Vec::len);
        let frames = u32::try_from(frames).expect("takes of tests are short");
        let place: u32 = self.call("sample_room", (self.player, channels, frames));
        let samples = take.channels.iter().flatten();
        let bytes: Vec<u8> = samples.flat_map(|sample| sample.to_le_bytes()).collect();
        self.memory
            .write(&mut self.store, index(place), &bytes)
            .expect("the take has room");
        let [high, low] = take.key_words();
        let params = (self.player, channels, high, low, take.rate);
        let is_kept: u32 = self.call("keep_sample", params);
        assert_eq!(is_kept, 1, "the take is kept");
    }

    fn listen(&mut self, muted: u16, soloed: u16, metronome: f32) {
        let params = (
            self.player,
            u32::from(muted),
            u32::from(soloed),
            metronome,
            f64::NAN,
        );
        self.call::<_, ()>("listen", params);
    }

    fn touch(&mut self, track: u8, key: u8, velocity: Option<f32>) {
        let code = u32::from(velocity.is_none());
        let amount = velocity.unwrap_or(0.0);
        let params = (self.player, u32::from(track), code, u32::from(key), amount);
        self.call::<_, ()>("play", params);
    }

    fn render(&mut self, place: Option<Place>, frames: usize) -> Sound {
        let count = u32::try_from(frames).expect("a block is short");
        let (beat, tempo) = place.map_or((0.0, 0.0), |place| (place.beat, place.tempo));
        let (start, end) = place.and_then(|place| place.looped).unwrap_or_default();
        let rolling = u32::from(place.is_some());
        let turned = place.map_or(0.0, |place| place.turned);
        let params = (self.player, count, rolling, beat, tempo, start, end, turned);
        self.call::<_, ()>("render", params);
        Sound::new(
            self.channel("left", frames),
            self.channel("right", frames),
            0,
        )
    }
}

fn index(place: u32) -> usize {
    usize::try_from(place).expect("32 bits fit")
}
