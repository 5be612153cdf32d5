//! The server's description of its API, and whether answers are as it says. Knows the part of JSON
//! Schema that the description uses, and refuses the rest, so that nothing is passed over.

use crate::server::{Answer, Server};
use serde_json::Value;
use std::collections::BTreeSet;

/// Says nothing about what is allowed.
const ANNOTATIONS: [&str; 5] = ["description", "title", "example", "format", "default"];

#[derive(Debug)]
pub struct Description {
    document: Value,
}

impl Description {
    /// As a server gives it.
    pub fn of(server: &Server) -> Self {
        let answer = server.get("/api/v1/openapi.json", &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self {
            document: answer.json(),
        }
    }

    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Such as `GET /api/v1/sessions/{id}`.
    pub fn operations(&self) -> BTreeSet<String> {
        let paths = self.document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        });
        operations.collect()
    }

    /// The codes of all problems that an operation may answer.
    pub fn codes(&self, operation: &str) -> BTreeSet<String> {
        let responses = self.operation(operation)["responses"].as_object();
        let responses = responses.expect("responses").values();
        let schemas = responses.filter_map(|response| {
            let schema = &response["content"]["application/json"]["schema"];
            schema["allOf"][1]["properties"]["code"]["enum"].as_array()
        });
        let codes = schemas.flatten().filter_map(Value::as_str);
        codes.map(str::to_owned).collect()
    }

    /// What is wrong with an answer to an operation; nothing, if it is as described.
    pub fn complaints(&self, operation: &str, answer: &Answer) -> Vec<String> {
        let mut complaints = Vec::new();
        let response = &self.operation(operation)["responses"][answer.status.to_string()];
        if response.is_null() {
            return vec![format!("{operation} does not answer {}", answer.status)];
        }
        let Some(content) = response["content"].as_object() else {
            if !answer.body.is_empty() {
                complaints.push(format!(
                    "{operation} answers {} with nothing",
                    answer.status
                ));
            }
            return complaints;
        };
        let kind = answer.header("content-type");
        // A kind may be described as a range: `audio/*`.
        let range = kind.split('/').next().map(|class| format!("{class}/*"));
        let in_range = || content.get(range.as_deref()?);
        let Some(content) = content.get(kind).or_else(in_range) else {
            return vec![format!("{operation} does not answer with {kind:?}")];
        };
        if kind == "application/json" {
            self.check(&content["schema"], &answer.json(), "", &mut complaints);
        }
        complaints
    }

    fn operation(&self, operation: &str) -> &Value {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let found = &self.document["paths"][path][method.to_lowercase()];
        assert!(found.is_object(), "{operation} is not described");
        found
    }

    /// Adds what is wrong with a value, and where.
    pub fn check(&self, schema: &Value, value: &Value, at: &str, complaints: &mut Vec<String>) {
        let keywords = schema.as_object().expect("a schema is an object");
        for (keyword, rule) in keywords {
            match keyword.as_str() {
                "$ref" => self.check(self.referred(rule), value, at, complaints),
                "type" if !is_of_type(rule, value) => {
                    complaints.push(format!("{at} is no {rule}: {value}"));
                }
                "enum" if !listed(rule).contains(value) => {
                    complaints.push(format!("{at} is none of {rule}: {value}"));
                }
                "minimum" if number(value).is_some_and(|value| Some(value) < number(rule)) => {
                    complaints.push(format!("{at} is below {rule}: {value}"));
                }
                "maximum" if number(value).is_some_and(|value| Some(value) > number(rule)) => {
                    complaints.push(format!("{at} is above {rule}: {value}"));
                }
                "minItems" if length(value).is_some_and(|length| Some(length) < rule.as_u64()) => {
                    complaints.push(format!("{at} has fewer than {rule}"));
                }
                "maxItems" if length(value).is_some_and(|length| Some(length) > rule.as_u64()) => {
                    complaints.push(format!("{at} has more than {rule}"));
                }
                "required" => {
                    for name in listed(rule).iter().filter_map(Value::as_str) {
                        if value.is_object() && value.get(name).is_none() {
                            complaints.push(format!("{at} has no {name}"));
                        }
                    }
                }
                "properties" => {
                    for (name, schema) in rule.as_object().expect("schemas by name") {
                        if let Some(value) = value.get(name) {
                            self.check(schema, value, &format!("{at}/{name}"), complaints);
                        }
                    }
                }
                "items" => {
                    for (index, value) in listed(value).iter().enumerate() {
                        self.check(rule, value, &format!("{at}/{index}"), complaints);
                    }
                }
                "allOf" => {
                    for schema in listed(rule) {
                        self.check(schema, value, at, complaints);
                    }
                }
                "oneOf" => {
                    let fits = |schema: &&Value| {
                        let mut complaints = Vec::new();
                        self.check(schema, value, at, &mut complaints);
                        complaints.is_empty()
                    };
                    let fitting = listed(rule).iter().filter(fits).count();
                    if fitting != 1 {
                        complaints.push(format!("{at} is {fitting} of {rule}: {value}"));
                    }
                }
                "type" | "enum" | "minimum" | "maximum" | "minItems" | "maxItems" => {}
                other if ANNOTATIONS.contains(&other) => {}
                other => panic!("{at}: this checker does not know {other:?}"),
            }
        }
    }

    fn referred(&self, reference: &Value) -> &Value {
        let name = reference.as_str().unwrap_or_default();
        let name = name.strip_prefix("#/components/schemas/");
        let name = name.expect("references lead to schemas");
        let found = &self.document["components"]["schemas"][name];
        assert!(found.is_object(), "there is no schema {name}");
        found
    }
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("this checker does not know the type {other:?}"),
    };
    match rule {
        Value::String(name) => is(name),
        names => listed(names).iter().filter_map(Value::as_str).any(is),
    }
}

fn listed(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn length(value: &Value) -> Option<u64> {
    Some(value.as_array()?.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn complaints(schema: Value, value: Value) -> usize {
        let document =
            json!({"components": {"schemas": {"Step": {"type": "integer", "minimum": 0}}}});
        let mut found = Vec::new();
        Description { document }.check(&schema, &value, "", &mut found);
        found.len()
    }

    #[test]
    fn a_value_that_is_not_as_described_is_complained_of() {
        let step = json!({"$ref": "#/components/schemas/Step"});
        let shape = json!({
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"type": "string", "enum": ["a", "b"]},
                "steps": {"type": ["array", "null"], "items": step, "maxItems": 2},
            },
        });
        assert_eq!(
            complaints(shape.clone(), json!({"kind": "a", "steps": [1, 2]})),
            0
        );
        assert_eq!(
            complaints(
                shape.clone(),
                json!({"kind": "a", "steps": null, "more": 1})
            ),
            0
        );
        assert_eq!(complaints(shape.clone(), json!({})), 1);
        assert_eq!(
            complaints(shape.clone(), json!({"kind": "c", "steps": [-1, 1.5, 0]})),
            4
        );
        assert_eq!(complaints(shape, json!([])), 1);
        let either = json!({"oneOf": [{"type": "null"}, {"type": "string"}]});
        assert_eq!(complaints(either.clone(), json!("x")), 0);
        assert_eq!(complaints(either, json!(1)), 1);
    }
}
