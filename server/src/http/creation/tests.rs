//! What a session may be made of, and what becomes of nonsense.

use super::*;

fn refused(body: &[u8]) -> &'static str {
    Creation::read(body).expect_err("it makes no sense").code
}

fn made(body: &str) -> Document {
    let link = LinkId::parse("fuzzy-penguin-42-0123456789abcdef").unwrap();
    Creation::read(body.as_bytes()).unwrap().document(&link)
}

#[test]
fn without_a_wish_it_is_the_starter_called_as_its_link_is() {
    for body in ["", "  \n", "{}", r#"{"name":""}"#, r#"{"later":[1]}"#] {
        assert_eq!(
            made(body),
            crate::template::starter("Fuzzy Penguin"),
            "{body}"
        );
    }
}

#[test]
fn a_template_or_a_document_is_taken_and_named() {
    let house = made(r#"{"template":"house","name":"Late \u0000night"}"#);
    assert_eq!(house.name.as_str(), "Late night");
    let template = Template::find("house").unwrap();
    assert_eq!(house, template.document("Late night"));

    let text = serde_json::to_string(&house).unwrap();
    let brought = made(&format!(r#"{{"document":{text}}}"#));
    assert_eq!(brought, house);
    let answer = format!(r#"{{"id":"x","role":"editor","revision":3,"document":{text}}}"#);
    assert_eq!(made(&answer), house, "a server's answer is a body as it is");
    assert_eq!(made(&format!(r#"{{"document":{answer}}}"#)), house);
    let named = made(&format!(r#"{{"document":{text},"name":"Mine"}}"#));
    assert_eq!(named.name.as_str(), "Mine");
}

#[test]
fn what_makes_no_sense_is_refused_by_its_code() {
    for (body, code) in [
        ("[]", "malformed"),
        ("[null,\"house\"]", "malformed"),
        ("{\"document\":[[],[]]}", "malformed"),
        ("{", "malformed"),
        ("\"x\"", "malformed"),
        (r#"{"template":3}"#, "malformed"),
        (r#"{"template":"house","template":"dub"}"#, "malformed"),
        (r#"{"name":{}}"#, "malformed"),
        (r#"{"name":"x","other":1e999}"#, "malformed"),
        (r#"{"template":"polka"}"#, "unknown-template"),
        (
            r#"{"template":"house","document":{"tracks":[]}}"#,
            "malformed",
        ),
        (r#"{"document":[]}"#, "malformed"),
        (r#"{"document":{}}"#, "illegal-document"),
        (r#"{"document":{"tracks":[{}]}}"#, "malformed"),
        (
            r#"{"document":{"tracks":[{"id":1},{"id":1}]}}"#,
            "illegal-document",
        ),
    ] {
        assert_eq!(refused(body.as_bytes()), code, "{body}");
    }
    assert_eq!(refused(&[0xff]), "malformed");
    assert_eq!(Naming::read(b"").unwrap_err().code, "malformed");
    assert_eq!(Naming::read_if_any(b" ").unwrap(), None);
    assert_eq!(
        Naming::read(br#"{"name":"\u202e"}"#).unwrap().as_str(),
        "Untitled"
    );
}

/// A pure function of the seed: the same each time it is run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.0 % limit).unwrap()
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// JSON that is nearly what a body is, with values that no body has.
    fn value(&mut self, depth: usize) -> String {
        const KEYS: [&str; 14] = [
            "name", "template", "document", "tracks", "id", "clips", "content", "pattern", "steps",
            "scenes", "timeline", "samples", "effects", "x",
        ];
        const VALUES: [&str; 20] = [
            "null",
            "true",
            "0",
            "-1",
            "1e999",
            "-1e999",
            "1e308",
            "18446744073709551616",
            "99999999999999999999999999999999",
            "0.1e-400",
            "\"\"",
            "\"house\"",
            "\"NaN\"",
            "NaN",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "-0",
            "\"\u{202e}\"",
        ];
        if depth == 0 || self.below(4) == 0 {
            return self.pick(&VALUES).to_owned();
        }
        let count = self.below(5);
        if self.below(3) == 0 {
            let items: Vec<String> = (0..count).map(|_| self.value(depth - 1)).collect();
            return format!("[{}]", items.join(","));
        }
        let entries: Vec<String> = (0..count)
            .map(|_| format!("\"{}\":{}", self.pick(&KEYS), self.value(depth - 1)))
            .collect();
        format!("{{{}}}", entries.join(","))
    }
}

/// P-HTTP-4
#[test]
fn no_body_whatever_it_is_makes_the_server_stumble() {
    let whole = serde_json::to_string(&made(r#"{"template":"techno"}"#)).unwrap();
    let whole = format!(r#"{{"document":{whole}}}"#);
    let mut dice = Dice(0x5eed);
    for round in 0..20_000 {
        let mut body = match round % 4 {
            0 => dice.value(6).into_bytes(),
            1 => whole.as_bytes()[..dice.below(whole.len())].to_vec(),
            2 => (0..dice.below(64))
                .map(|_| u8::try_from(dice.below(256)).unwrap())
                .collect(),
            _ => {
                let mut bytes = whole.clone().into_bytes();
                let at = dice.below(bytes.len());
                let wrong = dice.value(2);
                bytes.splice(at..at + 1, wrong.bytes());
                bytes
            }
        };
        if dice.below(8) == 0 && !body.is_empty() {
            let at = dice.below(body.len());
            body[at] = u8::try_from(dice.below(256)).unwrap();
        }
        if let Ok(creation) = Creation::read(&body) {
            let link = LinkId::parse("fuzzy-penguin-42-0123456789abcdef").unwrap();
            let document = creation.document(&link);
            assert_eq!(document.clone().admitted(), Ok(document));
        }
    }
    for deep in ["[", "{\"document\":", "{\"tracks\":[{\"x\":"] {
        assert_eq!(refused(deep.repeat(100_000).as_bytes()), "malformed");
    }
}
