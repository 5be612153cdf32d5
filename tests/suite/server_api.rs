//! What the API does with sessions: made, read, named, remixed, published, and described.

use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::description::Description;
use lockstep_tests::server::{Answer, Server};
use lockstep_tests::tones::{Tone, wav};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const JSON: (&str, &str) = ("content-type", "application/json");

/// A server that is asked only as its description allows.
struct Api {
    server: Server,
    description: Description,
    /// Operations that were done, by what they are.
    done: BTreeSet<String>,
}

impl Api {
    fn start() -> Self {
        let server = Server::start();
        Self {
            description: Description::of(&server),
            server,
            done: BTreeSet::new(),
        }
    }

    /// Asks for an operation such as `GET /sessions/{id}` and checks that it is answered as described.
    #[track_caller]
    fn ask(&mut self, operation: &str, id: &str, query: &str, body: Option<Value>) -> Answer {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let described = format!("{method} /api/v1{path}");
        let address = format!(
            "/api/v1{}{query}",
            path.replace("{id}", id).replace("{sample}", id)
        );
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let answer = self.server.send(method, &address, &[JSON], body.as_bytes());
        let complaints = self.description.complaints(&described, &answer);
        assert!(complaints.is_empty(), "{complaints:?}: {}", answer.text());
        if answer.status < 400 {
            self.done.insert(described);
        } else {
            let code = answer.json()["code"].as_str().map(str::to_owned);
            let codes = self.description.codes(&described);
            assert!(
                code.is_some_and(|code| codes.contains(&code)),
                "{}",
                answer.text()
            );
        }
        answer
    }

    /// The ids in the links of a session that was just made.
    fn made(&mut self, operation: &str, id: &str, body: Option<Value>) -> (String, Option<String>) {
        let answer = self.ask(operation, id, "", body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let made = answer.json();
        assert_eq!(answer.header("location"), made["link"]);
        let id_in = |link: &Value| Some(link.as_str()?.rsplit('/').next()?.to_owned());
        assert_eq!(id_in(&made["link"]), id_in(&made["id"]));
        let link = id_in(&made["link"]).expect("a link");
        (link, id_in(&made["listen_link"]))
    }

    /// Sends a sample; the answer, and its id.
    fn sample(&mut self, session: &str) -> (Answer, String) {
        let tone = Tone {
            channels: 1,
            rate: 48_000,
            frames: 480,
            hertz: 440.0,
        };
        let bytes = wav(tone);
        let operation = "POST /api/v1/sessions/{id}/samples";
        let address = operation.replace("{id}", session);
        let (method, path) = address.split_once(' ').expect("a method and a path");
        let answer = self.server.send(method, path, &[], &bytes);
        let complaints = self.description.complaints(operation, &answer);
        assert!(complaints.is_empty(), "{complaints:?}: {}", answer.text());
        self.done.insert(operation.to_owned());
        let sample = answer.json()["sample"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (answer, sample)
    }

    fn session(&mut self, id: &str) -> Value {
        let answer = self.ask("GET /sessions/{id}", id, "", None);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

const OPERATIONS: [&str; 17] = [
    "GET /api/v1/health",
    "GET /api/v1/metrics",
    "GET /api/v1/openapi.json",
    "GET /api/v1/samples/{sample}",
    "GET /api/v1/sessions/{id}",
    "GET /api/v1/sessions/{id}/export/document.json",
    "GET /api/v1/sessions/{id}/export/mix.wav",
    "GET /api/v1/sessions/{id}/export/notes.mid",
    "GET /api/v1/sessions/{id}/export/stems.zip",
    "GET /api/v1/sessions/{id}/ws",
    "GET /api/v1/templates",
    "GET /api/v1/version",
    "PATCH /api/v1/sessions/{id}",
    "POST /api/v1/sessions",
    "POST /api/v1/sessions/{id}/publish",
    "POST /api/v1/sessions/{id}/remix",
    "POST /api/v1/sessions/{id}/samples",
];

/// P-HTTP-1
#[test]
fn every_operation_is_described_and_answers_as_described() {
    let mut api = Api::start();
    let document = api.description.document().clone();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let expected: BTreeSet<String> = OPERATIONS.map(str::to_owned).into();
    assert_eq!(api.description.operations(), expected);

    assert_eq!(api.ask("GET /health", "", "", None).json()["status"], "ok");
    let version = api.ask("GET /version", "", "", None).json();
    assert_eq!(
        (&version["protocol"], &version["api"]),
        (&json!("lockstep.v1"), &json!("v1"))
    );
    api.ask("GET /openapi.json", "", "", None);
    let templates = api.ask("GET /templates", "", "", None).json();
    assert!(
        templates["templates"]
            .as_array()
            .is_some_and(|all| all.len() >= 8)
    );
    let (session, _) = api.made("POST /sessions", "", None);
    api.session(&session);
    api.ask(
        "PATCH /sessions/{id}",
        &session,
        "",
        Some(json!({"name": "Mine"})),
    );
    api.made("POST /sessions/{id}/remix", &session, None);
    api.made("POST /sessions/{id}/publish", &session, None);
    for export in ["document.json", "notes.mid", "mix.wav", "stems.zip"] {
        let query = if export == "document.json" {
            ""
        } else {
            "?bars=1"
        };
        let operation = format!("GET /sessions/{{id}}/export/{export}");
        let answer = api.ask(&operation, &session, query, None);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let metrics = api.ask("GET /metrics", "", "", None);
    assert!(
        metrics.text().contains("lockstep_sessions_awake"),
        "{}",
        metrics.text()
    );
    let (send, sample) = api.sample(&session);
    assert_eq!(send.status, 201, "{}", send.text());
    assert_eq!(send.json()["sample"], sample.as_str());
    let fetched = api.ask("GET /samples/{sample}", &sample, "", None);
    assert_eq!(fetched.status, 200);
    // The one operation that is not over when it was answered: every other test of it is a client.
    let refused = api.ask("GET /sessions/{id}/ws", &session, "", None);
    assert_eq!(refused.json()["code"], "not-a-websocket");
    api.done.insert("GET /api/v1/sessions/{id}/ws".to_owned());
    assert_eq!(api.done, expected, "some operation was not done");
}

/// P-HTTP-2
#[test]
fn the_specification_lists_the_operations_and_codes_that_the_server_describes() {
    let server = Server::start();
    let description = Description::of(&server);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../PROTOCOL.md");
    let text = std::fs::read_to_string(root).expect("the specification");
    let sections = text
        .split("\n## ")
        .filter(|section| section.starts_with("11. HTTP") || section.starts_with("12. Samples"));
    let rows = sections
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("| `"));
    let firsts = rows
        .filter_map(|row| row.split('`').next())
        .map(str::to_owned);
    let (operations, mut codes): (BTreeSet<String>, BTreeSet<String>) =
        firsts.partition(|first| first.contains(' '));
    assert_eq!(operations, description.operations());
    let described = operations
        .iter()
        .flat_map(|operation| description.codes(operation));
    // This one is answered where there is no operation.
    assert!(codes.remove("method-not-allowed"));
    assert_eq!(codes, described.collect());
}

/// P-HTTP-4
#[test]
fn a_session_is_made_of_a_template_a_document_or_an_answer_and_called_as_it_is_said() {
    let mut api = Api::start();
    let (plain, _) = api.made("POST /sessions", "", Some(json!({})));
    let plain = api.session(&plain)["document"].clone();
    let wish = json!({"template": "techno", "name": " Late\u{202e} night "});
    let (techno, listen) = api.made("POST /sessions", "", Some(wish));
    let answer = api.session(&techno);
    let document = answer["document"].clone();
    assert_eq!(document["name"], "Late night");
    assert_ne!(document["tracks"], plain["tracks"]);
    assert_eq!(
        (&answer["role"], &answer["revision"]),
        (&json!("editor"), &json!(0))
    );
    let own_link = answer["listen_link"].as_str().expect("editors are told");
    assert!(own_link.ends_with(&listen.expect("a link to listen")));

    let bodies = [
        json!({"document": document}),
        answer.clone(),
        json!({"document": answer}),
    ];
    for body in bodies {
        let (copy, _) = api.made("POST /sessions", "", Some(body));
        assert_ne!(copy, techno);
        assert_eq!(api.session(&copy)["document"], document);
    }
    let exported = api.ask("GET /sessions/{id}/export/document.json", &techno, "", None);
    let (again, _) = api.made(
        "POST /sessions",
        "",
        Some(json!({"document": exported.json()})),
    );
    assert_eq!(api.session(&again)["document"], document);
}

/// P-HTTP-4
#[test]
fn a_document_that_plays_is_brought_in_at_rest() {
    let server = Server::start();
    let session = server.new_session();
    let player = Client::joined(server.address(), &session, 1);
    player.edit(Edit::TakeLead);
    player.edit(Edit::Play {
        from: lockstep_session::units::Beat::ZERO,
        at: None,
    });
    player.wait_until("it is stored", |replica| replica.unsaved() == 0);
    let answer = server.get(&format!("/api/v1/sessions/{session}"), &[]);
    let playing = answer.json();
    assert_eq!(playing["document"]["timeline"]["playing"], true);
    assert_eq!(playing["players"].as_array().map(Vec::len), Some(1));
    assert_eq!(playing["players"][0]["profile"]["name"], "Player 1");
    let made = server.send("POST", "/api/v1/sessions", &[JSON], &answer.body);
    assert_eq!(made.status, 201, "{}", made.text());
    let copy = server.read(made.json()["id"].as_str().expect("an id"));
    assert_eq!(copy["document"]["timeline"]["playing"], false);
    assert_eq!(copy["document"]["lead"], Value::Null);
    assert_eq!(copy["players"], json!([]));
}

/// P-HTTP-6
#[test]
fn a_new_name_is_seen_by_everybody_and_survives_a_crash() {
    let mut server = Server::start();
    let (session, listen) = server.new_session_with_listeners();
    let player = Client::joined(server.address(), &session, 1);
    let path = format!("/api/v1/sessions/{session}");
    let body = br#"{"name":"  Our\u0000 song "}"#;
    let renamed = server.send("PATCH", &path, &[JSON], body);
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    assert_eq!(renamed.json()["name"], "Our song");
    player.wait_until("the player sees the name", |replica| {
        replica.document().name.as_str() == "Our song"
    });
    server.kill();
    server.come_back();
    assert_eq!(server.read(&session)["document"]["name"], "Our song");
    let listened = format!("/api/v1/sessions/{listen}");
    let refused = server.send("PATCH", &listened, &[JSON], br#"{"name":"Theirs"}"#);
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (403, &json!("listener"))
    );
    assert_eq!(server.read(&session)["document"]["name"], "Our song");
}

/// P-HTTP-7
#[test]
fn a_remix_goes_on_by_itself_and_says_where_it_comes_from() {
    let mut api = Api::start();
    let (session, listen) = api.made("POST /sessions", "", None);
    let listen = listen.expect("a link to listen");
    let original = api.session(&session)["document"].clone();
    let (published, none) = api.made("POST /sessions/{id}/publish", &session, None);
    assert_eq!(none, None);
    for (from, name) in [
        (&session, None),
        (&listen, Some("Mine")),
        (&published, None),
    ] {
        let body = name.map(|name| json!({"name": name}));
        let (remix, _) = api.made("POST /sessions/{id}/remix", from, body);
        let answer = api.session(&remix);
        let copy = &answer["document"];
        assert_eq!(copy["tracks"], original["tracks"]);
        assert_eq!(
            (&copy["mode"], &answer["role"]),
            (&json!("open"), &json!("editor"))
        );
        assert_eq!(
            copy["name"],
            name.map_or(original["name"].clone(), |name| json!(name))
        );
        assert_eq!(copy["lineage"]["name"], original["name"]);
        let told = answer.to_string();
        for secret in [&session, &listen, &published] {
            let secret = secret.rsplit('-').next().expect("a secret");
            assert!(!told.contains(secret), "{told}");
        }
    }
    let player = Client::joined(api.server.address(), &session, 1);
    let name = SessionSetting::Name(LongName::new("Changed"));
    player.edit(Edit::Session(name));
    player.wait_until("it is stored", |replica| replica.unsaved() == 0);
    let (remix, _) = api.made("POST /sessions/{id}/remix", &session, None);
    let copy = api.session(&remix)["document"].clone();
    assert_eq!(copy["lineage"]["name"], "Changed");
    assert_eq!(copy["lineage"]["revision"], 1);
}

/// P-HTTP-8, P-PUBLISH-1
#[test]
fn a_published_session_stays_as_it_is_and_has_one_link_that_listens() {
    let mut api = Api::start();
    let (session, listen) = api.made("POST /sessions", "", None);
    let listen = listen.expect("a link to listen");
    let refused = api.ask("POST /sessions/{id}/publish", &listen, "", None);
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (403, &json!("listener"))
    );

    let (published, _) = api.made("POST /sessions/{id}/publish", &session, None);
    let answer = api.session(&published);
    assert_eq!(answer["role"], "listener");
    assert_eq!(answer["document"]["mode"], "published");
    assert!(
        answer["link"]
            .as_str()
            .is_some_and(|link| link.contains("/p/"))
    );
    assert_eq!(
        api.server.get(&format!("/p/{published}"), &[]).status / 100,
        5 - 3 * u16::from(has_page(&api.server))
    );

    let refused = api.ask(
        "PATCH /sessions/{id}",
        &published,
        "",
        Some(json!({"name": "x"})),
    );
    assert_eq!(refused.status, 403);
    let again = api.ask("POST /sessions/{id}/publish", &published, "", None);
    assert_eq!(again.status, 403);
    let renamed = api.ask(
        "PATCH /sessions/{id}",
        &session,
        "",
        Some(json!({"name": "Later"})),
    );
    assert_eq!(renamed.status, 200);
    assert_eq!(api.session(&published)["document"], answer["document"]);
    let listener = Client::joined(api.server.address(), &published, 1);
    let role = listener.look(|replica| replica.role());
    assert_eq!(role, Some(lockstep_session::protocol::Role::Listener));
}

/// Whether the page was built into the server that is tested.
fn has_page(server: &Server) -> bool {
    server.get("/", &[]).status == 200
}

/// P-HTTP-5
#[test]
fn whoever_may_only_listen_learns_nothing_by_which_to_edit() {
    let mut api = Api::start();
    let (session, listen) = api.made("POST /sessions", "", None);
    let listen = listen.expect("a link to listen");
    let secret = session.rsplit('-').next().expect("a secret").to_owned();
    let mut told = Vec::new();
    told.push(api.ask("GET /sessions/{id}", &listen, "", None));
    told.push(api.ask(
        "PATCH /sessions/{id}",
        &listen,
        "",
        Some(json!({"name": "x"})),
    ));
    told.push(api.ask("POST /sessions/{id}/publish", &listen, "", None));
    told.push(api.ask("POST /sessions/{id}/remix", &listen, "", None));
    told.push(api.ask("GET /sessions/{id}/export/document.json", &listen, "", None));
    told.push(api.server.get(&format!("/l/{listen}"), &[]));
    for answer in &told {
        let headers = format!("{:?}", answer.headers);
        assert!(
            !answer.text().contains(&secret) && !headers.contains(&secret),
            "{answer:?}"
        );
    }
    let session = told[0].json();
    assert_eq!(session["role"], "listener");
    assert!(session.get("listen_link").is_none());
    assert!(
        session["link"]
            .as_str()
            .is_some_and(|link| link.ends_with(&format!("/l/{listen}")))
    );
}
