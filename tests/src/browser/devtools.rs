//! What only the browser's own tools can say and do: the tree that assistive tools read, a page on a
//! slower machine, and what it costs there.

use super::Browser;
use crate::machine::MachineTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A part of the page as assistive tools are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub role: String,
    pub name: String,
    /// Whether it is pressed, where it can be.
    pub pressed: Option<bool>,
}

impl Browser {
    /// Everything that a screen reader is told, in the page's order.
    pub fn spoken(&self) -> Vec<Spoken> {
        let tree = self.devtools("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("a tree has nodes").iter();
        let heard = nodes.filter(|node| node["ignored"] != true);
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        heard
            .map(|node| {
                let mut properties = node["properties"].as_array().into_iter().flatten();
                let pressed = properties.find(|property| property["name"] == "pressed");
                Spoken {
                    role: text(&node["role"]),
                    name: text(&node["name"]),
                    pressed: pressed.map(|pressed| pressed["value"]["value"] == "true"),
                }
            })
            .collect()
    }

    /// From now on the page computes so many times slower.
    pub fn slow_down(&self, times: u32) {
        self.devtools("Emulation.setCPUThrottlingRate", &json!({ "rate": times }));
    }

    /// When the page's own clock began, on the machine's clock: the browser says it in seconds of that.
    pub fn clock_began(&self) -> MachineTime {
        let seconds = self.costs()["NavigationStart"];
        MachineTime::from_nanos(0).after(seconds)
    }

    /// From now on no more than so many bytes come in a second.
    pub fn narrow(&self, bytes_per_second: u32) {
        self.devtools("Network.enable", &json!({}));
        let conditions = json!({
            "offline": false,
            "latency": 0,
            "downloadThroughput": bytes_per_second,
            "uploadThroughput": bytes_per_second,
        });
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    /// Runs a script in every page from now on, before anything of its own.
    pub fn prepare(&self, script: &str) {
        let script = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &script);
    }

    /// The person at the browser has allowed the page this, once and for all.
    pub fn allow(&self, permission: &Value) {
        let allowed = json!({ "permission": permission, "setting": "granted" });
        self.devtools("Browser.setPermission", &allowed);
    }

    /// What the page has cost so far: seconds, counts and bytes by the browser's names for them.
    pub fn costs(&self) -> BTreeMap<String, f64> {
        self.devtools("Performance.enable", &json!({}));
        let told = self.devtools("Performance.getMetrics", &json!({}));
        let costs = told["metrics"].as_array().expect("costs").iter();
        costs
            .map(|cost| {
                let name = cost["name"].as_str().expect("a name");
                (name.to_owned(), cost["value"].as_f64().expect("a number"))
            })
            .collect()
    }

    /// Lets go of all that nothing holds any more.
    pub fn tidy_up(&self) {
        self.devtools("HeapProfiler.collectGarbage", &json!({}));
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let session = self.runtime.block_on(self.client.session_id());
        let session = session
            .expect("the browser answers")
            .expect("a session is open");
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let mut stream =
            TcpStream::connect(("127.0.0.1", self.driver.port())).expect("chromedriver listens");
        let request = format!(
            "POST /session/{session}/goog/cdp/execute HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).expect("an answer");
            let (name, value) = line.trim_end().split_once(':').unwrap_or(("", ""));
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().expect("a length");
            }
            if line.trim_end().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body).expect("the answer's body");
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        answer["value"].clone()
    }
}
