//! States as a bad disk, another program or a malicious friend would leave them.

use lockstep_tests::world::Dice;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Breaker(Dice);

impl Breaker {
    pub(super) fn new(seed: u64) -> Self {
        Self(Dice::new(seed))
    }

    /// Something near a good state, or nothing like one.
    pub(super) fn broken(&mut self, good: &[u8]) -> Vec<u8> {
        let parsed = serde_json::from_slice::<Value>(good).ok();
        match (self.0.below(8), parsed) {
            (0, _) => self.noise(),
            (1, _) => self.cut(good),
            (2..=4, Some(state)) => self.another_value(state),
            _ => self.another_byte(good),
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = self.0.below(4_096);
        (0..length).map(|_| self.0.byte()).collect()
    }

    fn cut(&mut self, good: &[u8]) -> Vec<u8> {
        let mut cut = good[..self.0.below(good.len())].to_vec();
        if self.0.coin() {
            cut.extend(self.noise());
        }
        cut
    }

    fn another_byte(&mut self, good: &[u8]) -> Vec<u8> {
        let mut broken = good.to_vec();
        for _ in 0..1 + self.0.below(8) {
            let place = self.0.below(broken.len());
            if self.0.coin() {
                broken[place] ^= 1 << self.0.below(8);
            } else {
                broken[place] = self.0.byte();
            }
        }
        broken
    }

    /// Well written, but with values that mean something else or nothing.
    fn another_value(&mut self, mut state: Value) -> Vec<u8> {
        // Each field is JSON in a string: the interesting part is in there.
        if let Some(fields) = state["fields"].as_object_mut() {
            for field in fields.values_mut() {
                let Some(mut inside) = field
                    .as_str()
                    .and_then(|text| serde_json::from_str(text).ok())
                else {
                    continue;
                };
                for _ in 0..1 + self.0.below(4) {
                    self.change(&mut inside);
                }
                *field = Value::String(inside.to_string());
            }
        }
        if self.0.percent(10) {
            self.change(&mut state);
        }
        state.to_string().into_bytes()
    }

    /// Goes down a random way and puts something else at its end.
    fn change(&mut self, value: &mut Value) {
        let goes_deeper = self.0.percent(92);
        match value {
            Value::Array(items) if goes_deeper && !items.is_empty() => {
                let place = self.0.below(items.len());
                match self.0.below(12) {
                    0 => drop(items.remove(place)),
                    1 => items.insert(place, items[place].clone()),
                    _ => self.change(&mut items[place]),
                }
            }
            Value::Object(entries) if goes_deeper && !entries.is_empty() => {
                let place = self.0.below(entries.len());
                let name = entries.keys().nth(place).expect("below the length").clone();
                if self.0.percent(5) {
                    entries.remove(&name);
                } else {
                    self.change(&mut entries[&name]);
                }
            }
            end => *end = self.anything(),
        }
    }

    fn anything(&mut self) -> Value {
        let numbers = [
            0,
            1,
            -1,
            127,
            128,
            65_536,
            4_294_967_296,
            i64::MAX,
            i64::MIN,
        ];
        match self.0.below(8) {
            0 => Value::Null,
            1 => json!(self.0.coin()),
            2 => json!([]),
            3 => json!({}),
            4 => json!("☃".repeat(self.0.below(2_000))),
            5 => json!(0.5),
            _ => json!(self.0.pick(&numbers)),
        }
    }
}
