//! What one client does wrong costs that client, and nobody else.

use futures_util::{SinkExt, StreamExt};
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::replica::{Link, Replica};
use lockstep_tests::client::{Client, Socket, connect, connect_from, request};
use lockstep_tests::server::{PATIENCE, Server};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

fn run<T>(work: impl Future<Output = T>) -> T {
    run_on(&runtime(), work)
}

/// A socket lives as long as the runtime it was opened on.
fn run_on<T>(runtime: &Runtime, work: impl Future<Output = T>) -> T {
    runtime.block_on(async { timeout(PATIENCE, work).await.expect("within a minute") })
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

fn hello(player: &str) -> Message {
    Message::Text(
        json!({"hello": {"token": player.repeat(16), "run": 1}})
            .to_string()
            .into(),
    )
}

/// The next message, or the code of the close that came instead.
async fn heard(socket: &mut Socket) -> Result<Value, Option<u16>> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
            Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Err(None),
        }
    }
}

/// Everything up to the close, and its code.
async fn heard_to_the_end(socket: &mut Socket) -> (Vec<Value>, Option<u16>) {
    let mut messages = Vec::new();
    loop {
        match heard(socket).await {
            Ok(message) => messages.push(message),
            Err(code) => return (messages, code),
        }
    }
}

fn live_since(replica: &Replica) -> Link {
    replica.link().clone()
}

#[test]
fn a_message_that_is_too_large_or_no_text_costs_its_sender_the_connection_only() {
    let server = Server::start();
    let session = server.new_session();
    let other = Client::joined(server.address(), &session, 1);
    let before = other.look(live_since);
    let too_large = Message::Text("x".repeat(64 * 1024 + 1).into());
    let no_text = Message::Binary(vec![1, 2, 3].into());
    for (message, code, reason) in [(too_large, 1009, "too-large"), (no_text, 4005, "abuse")] {
        let (messages, closed) = run(async {
            let mut socket = connect(server.address(), request(server.address(), &session))
                .await
                .unwrap();
            socket.send(hello("ab")).await.unwrap();
            assert!(heard(&mut socket).await.unwrap()["welcome"].is_object());
            socket.send(message).await.unwrap();
            heard_to_the_end(&mut socket).await
        });
        assert_eq!(closed, Some(code));
        assert_eq!(messages.last().unwrap()["goodbye"]["code"], reason);
    }
    other.wait_until("the others see them go", |replica| {
        replica.players().count() == 1
    });
    assert_eq!(
        other.look(live_since),
        before,
        "the other was never disconnected"
    );
}

#[test]
fn the_largest_message_that_is_allowed_passes() {
    let server = Server::start();
    let session = server.new_session();
    let answer = run(async {
        let mut socket = connect(server.address(), request(server.address(), &session))
            .await
            .unwrap();
        socket.send(hello("ab")).await.unwrap();
        assert!(heard(&mut socket).await.unwrap()["welcome"].is_object());
        let spaces = " ".repeat(64 * 1024 - 32);
        let ping = format!("{{\"ping\":{spaces}{{\"sent\":1}}}}");
        assert!(ping.len() <= 64 * 1024);
        socket.send(Message::Text(ping.into())).await.unwrap();
        heard(&mut socket).await.unwrap()
    });
    assert_eq!(answer["pong"]["sent"], 1);
}

#[test]
fn a_reader_that_stops_reading_is_resynced_or_dropped_and_the_others_go_on() {
    let server = Server::start();
    let session = server.new_session();
    let runtime = runtime();
    let mut slow = run_on(&runtime, async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let opening = connect_from(
            socket,
            server.address(),
            request(server.address(), &session),
        );
        let mut slow = opening.await.unwrap();
        slow.send(hello("ab")).await.unwrap();
        slow
    });
    let writer = Client::joined(server.address(), &session, 1);
    let reader = Client::joined(server.address(), &session, 2);

    // Far more than the kernel and the server may hold for one connection.
    let steps = || Edit::Steps {
        track: TrackId(1),
        scene: SceneIndex::new(0).unwrap(),
        first: StepIndex::new(0).unwrap(),
        values: vec![Step::largest(); 100],
    };
    let size = serde_json::to_string(&steps()).unwrap().len();
    let edits = 16 * 1024 * 1024 / size;
    for _ in 0..edits {
        writer.edit(steps());
    }
    writer.wait_until("every edit is stored", |replica| replica.unsaved() == 0);
    let revision = writer.look(Replica::position).unwrap().revision;
    reader.wait_until("the other reader has them all", |replica| {
        replica
            .position()
            .is_some_and(|position| position.revision >= revision)
    });

    let (edits_heard, resynced, dropped) = run_on(&runtime, async {
        let (mut edits, mut welcomes) = (0, 0);
        loop {
            match timeout(std::time::Duration::from_secs(5), heard(&mut slow)).await {
                Ok(Ok(message)) if message["edit"].is_object() => edits += 1,
                Ok(Ok(message)) if message["welcome"].is_object() => welcomes += 1,
                Ok(Ok(message)) if message["goodbye"].is_object() => {
                    break (edits, welcomes > 1, true);
                }
                Ok(Ok(_)) => {}
                Ok(Err(_)) => break (edits, welcomes > 1, true),
                Err(_) => break (edits, welcomes > 1, false),
            }
            if welcomes > 1 {
                break (edits, true, false);
            }
        }
    });
    assert!(
        resynced || dropped,
        "neither brought up to date nor sent away"
    );
    assert!(
        edits_heard < edits,
        "the server kept all {edits} edits for it"
    );
}

#[test]
fn a_restart_tells_everyone_when_to_come_back() {
    let mut server = Server::start();
    let session = server.new_session();
    let (messages, code) = run(async {
        let mut socket = connect(server.address(), request(server.address(), &session))
            .await
            .unwrap();
        socket.send(hello("ab")).await.unwrap();
        assert!(heard(&mut socket).await.unwrap()["welcome"].is_object());
        server.ask_to_stop();
        heard_to_the_end(&mut socket).await
    });
    assert_eq!(code, Some(1012));
    let goodbye = &messages.last().unwrap()["goodbye"];
    assert_eq!(goodbye["code"], "restarting");
    assert!(goodbye["retry_ms"].as_u64().is_some_and(|wait| wait > 0));
    assert!(server.stop().success());
}
