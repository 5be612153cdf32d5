//! The server in this process, so that the fuzzer sees which of its code an input reaches.

use super::doors::Doors;
use lockstep_server::{Config, Server};
use std::sync::{Mutex, MutexGuard, OnceLock};
use tokio::net::TcpListener;

/// The doors of the one server that all inputs knock at.
pub fn doors() -> MutexGuard<'static, Doors> {
    static DOORS: OnceLock<Mutex<Doors>> = OnceLock::new();
    let doors = DOORS.get_or_init(|| Mutex::new(open()));
    doors.lock().expect("an input that failed ends the process")
}

fn open() -> Doors {
    let data = tempfile::tempdir().expect("a folder");
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let config = Config {
                edits_per_second: Some(1_000_000),
                // All of it comes from one address.
                generosity: 0,
                max_connections_per_address: 20_000,
                ..Config::new(data.path())
            };
            let server = Server::open(config).expect("an empty folder");
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let session = server.new_session().await.expect("a session");
            let link = session.link("");
            tell.send((address, link)).expect("someone waits");
            server.run(listener, std::future::pending()).await;
        });
    });
    let (address, link) = told.recv().expect("the server starts");
    let session = link.rsplit('/').next().expect("a link ends with its id");
    Doors::new(address, session)
}
