//! The generic channel: a POST of a JSON document of the site's own shape, signed.

use super::address::Url;
use super::client::{Body, Header, Reply, Request};
use super::message::Message;
use super::signing::hmac_sha256;
use crate::domain::ids::hex;
use crate::domain::outbox::Attempt;
use crate::domain::time::Moment;
use crate::runtime::secret::Secret;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::Value;

/// Header that carries the id of the message.
pub const HEADER_ID: &str = "x-rongcuo-id";
/// Header that carries the seconds since 1970 at which the request was made.
pub const HEADER_TIMESTAMP: &str = "x-rongcuo-timestamp";
/// Header that carries `v1=` and the hexadecimal HMAC-SHA256 of timestamp, a full stop, and the body.
pub const HEADER_SIGNATURE: &str = "x-rongcuo-signature";

/// Words that a template may hold in braces.
const PLACEHOLDERS: [&str; 7] = ["id", "title", "text", "kind", "number", "day", "link"];
/// What is sent where the site has no shape of its own.
const DEFAULT_TEMPLATE: &str = r#"{"id": "{id}", "title": "{title}", "text": "{text}", "kind": "{kind}",
    "number": "{number}", "day": "{day}", "link": "{link}"}"#;

/// Where and how.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Address.
    pub url: Url,
    /// Headers of the site's own.
    pub headers: Vec<Header>,
    /// Shape of the document.
    pub template: Template,
    /// Key of the signature.
    pub secret: Option<Secret>,
}

/// A JSON document whose texts hold placeholders. What is put in stays text, whatever it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Value);

impl Default for Template {
    fn default() -> Self {
        Self::parse(DEFAULT_TEMPLATE).expect("read by a test")
    }
}

impl Template {
    /// Reads and checks a template.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        check(&value)?;
        Ok(Self(value))
    }

    /// Its text, where it is the site's own.
    pub fn own_text(&self) -> Option<String> {
        (*self != Self::default()).then(|| self.0.to_string())
    }

    fn filled(&self, message: &Message) -> Value {
        fill(&self.0, message)
    }
}

/// What is wrong with the text of a document, without the library's own words.
fn not_json(error: &serde_json::Error) -> String {
    if error.is_eof() {
        "不是完整的 JSON：没有写完".to_owned()
    } else {
        let (line, column) = (error.line(), error.column());
        format!("不是 JSON：第 {line} 行第 {column} 个字符起读不懂")
    }
}

fn check(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => {
            for (name, _) in placeholders(text) {
                if !PLACEHOLDERS.contains(&name) {
                    return Err(format!(
                        "不认识的占位“{{{name}}}”，可用的有：{}",
                        PLACEHOLDERS.join("、")
                    ));
                }
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(items) => items.values().try_for_each(check),
        _ => Ok(()),
    }
}

/// Words in braces, with the place behind each.
fn placeholders(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find('{')? + 1;
            from = start;
            let length = text[start..].find(|c: char| !c.is_ascii_lowercase())?;
            if length > 0 && text[start + length..].starts_with('}') {
                from = start + length + 1;
                return Some((&text[start..start + length], from));
            }
        }
    })
}

fn fill(value: &Value, message: &Message) -> Value {
    match value {
        Value::String(text) => {
            let (mut out, mut done) = (String::new(), 0);
            for (name, end) in placeholders(text) {
                out.push_str(&text[done..end - name.len() - 2]);
                out.push_str(&word(name, message));
                done = end;
            }
            out.push_str(&text[done..]);
            Value::String(out)
        }
        Value::Array(items) => items.iter().map(|item| fill(item, message)).collect(),
        Value::Object(items) => items
            .iter()
            .map(|(key, item)| (key.clone(), fill(item, message)))
            .collect(),
        other => other.clone(),
    }
}

fn word(name: &str, message: &Message) -> String {
    match name {
        "id" => message.id.clone(),
        "title" => message.title.clone(),
        "text" => message.text(),
        "kind" => message.kind.clone(),
        "number" => message.number.clone(),
        "day" => message.day.map(|day| day.to_string()).unwrap_or_default(),
        _ => message.link.clone(),
    }
}

impl Webhook {
    pub(super) fn request(&self, message: &Message, now: Moment) -> Request {
        let body = self.template.filled(message).to_string().into_bytes();
        let mut headers = self.headers.clone();
        let mut add = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.push((HeaderName::from_static(name), value));
            }
        };
        let timestamp = now.millis().div_euclid(1000).to_string();
        add(HEADER_ID, &message.id);
        add(HEADER_TIMESTAMP, &timestamp);
        if let Some(secret) = &self.secret {
            let signature = hmac_sha256(secret, &[timestamp.as_bytes(), b".", &body]);
            add(HEADER_SIGNATURE, &format!("v1={}", hex(&signature)));
        }
        Request {
            url: self.url.clone(),
            headers,
            body: Some(Body::Json(body)),
        }
    }

    /// Any 2xx is a yes.
    pub(super) fn judge(reply: &Reply) -> Attempt {
        Attempt::Accepted {
            reply: reply.status.as_u16().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::message;
    use super::*;

    #[test]
    fn what_is_put_in_stays_text() {
        let template = Template::parse(r#"{"a": ["{title}!", 7], "b": {"c": "{number}{day} {x {} {title"}}"#).unwrap();
        let filled = template.filled(&message());
        assert_eq!(filled["a"][0], "【紧急】归入人事档案 RC-2：\"逾期\" 1 个工作日!");
        assert_eq!(filled["a"][1], 7);
        assert_eq!(filled["b"]["c"], "RC-22026-09-30 {x {} {title");
        // A title that looks like a placeholder is not filled again.
        let odd = Message {
            title: "{link}".to_owned(),
            ..message()
        };
        assert_eq!(template.filled(&odd)["a"][0], "{link}!");
    }

    #[test]
    fn a_wrong_template_is_refused() {
        assert_eq!(Template::parse("{").unwrap_err(), "不是完整的 JSON：没有写完");
        assert_eq!(
            Template::parse("{\n\"a\": 1,}").unwrap_err(),
            "不是 JSON：第 2 行第 8 个字符起读不懂"
        );
        assert!(Template::parse(r#"{"a": "{titel}"}"#).unwrap_err().contains("titel"));
        assert_eq!(Template::default().filled(&message())["kind"], "结论归入干部人事档案");
    }
}
