//! The few commands of WebDriver (W3C) that the tests need, spoken to a driver of our own on loopback.

use http_body_util::{BodyExt as _, Full};
use hyper::Method;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// The key under which the standard names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take that somebody waits for.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often one looks.
const GLANCE: Duration = Duration::from_millis(50);

/// A running driver; it ends when dropped, and with it every browser it started.
pub struct Driver {
    child: Child,
    port: u16,
    browser: PathBuf,
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The first of some programs that is installed.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
}

impl Driver {
    /// Starts one; `None` where the driver or the browser is not installed.
    pub fn start() -> Option<Self> {
        let driver = program(&["chromedriver"])?;
        let browser = program(&["chromium", "chromium-browser", "google-chrome"])?;
        let mut child = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ")
                    .nth(1)?
                    .trim_end_matches('.')
                    .parse()
                    .ok()
            })
            .expect("the driver says on which port it listens");
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).count());
        Some(Self { child, port, browser })
    }

    /// A browser of its own with an empty profile.
    pub async fn open(&self, base: &str, scripts: bool) -> Session {
        let mut options = json!({
            "binary": self.browser,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--disable-background-networking", "--disable-component-update", "--no-first-run", "--lang=zh-CN",
            ],
        });
        if !scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let asked = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": 20_000, "pageLoad": 60_000, "implicit": 0 },
        } } });
        let opened = call(self.port, Method::POST, "/session", Some(asked))
            .await
            .expect("a browser");
        let id = opened["sessionId"].as_str().expect("a session has an id");
        let session = Session {
            port: self.port,
            place: format!("/session/{id}"),
            base: base.to_owned(),
        };
        session.width(1366).await;
        session
    }
}

/// One browser.
pub struct Session {
    port: u16,
    place: String,
    base: String,
}

async fn call(port: u16, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
    let line = TcpStream::connect(("127.0.0.1", port))
        .await
        .map_err(|error| error.to_string())?;
    let (mut sender, talk) = http1::handshake(TokioIo::new(line))
        .await
        .map_err(|error| error.to_string())?;
    let talk = tokio::spawn(talk);
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = hyper::Request::builder()
        .method(method)
        .uri(path)
        .header("host", format!("127.0.0.1:{port}"))
        .header("content-type", "application/json; charset=utf-8")
        .body(Full::new(Bytes::from(body)))
        .expect("a request");
    let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    let bytes = answer
        .into_body()
        .collect()
        .await
        .map_err(|error| error.to_string())?
        .to_bytes();
    talk.abort();
    let mut told: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let value = told["value"].take();
    match value.get("error") {
        Some(error) => Err(format!(
            "{path}: {error}: {}",
            value["message"].as_str().unwrap_or_default()
        )),
        None => Ok(value),
    }
}

/// An XPath string of any text without both kinds of quotation marks.
fn quoted(text: &str) -> String {
    if text.contains('"') {
        format!("'{text}'")
    } else {
        format!("\"{text}\"")
    }
}

impl Session {
    async fn post(&self, path: &str, body: Value) -> Value {
        let path = format!("{}{path}", self.place);
        call(self.port, Method::POST, &path, Some(body))
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Ends the browser.
    pub async fn close(self) {
        call(self.port, Method::DELETE, &self.place, None)
            .await
            .expect("the end of a browser");
    }

    /// Opens a page of the site.
    pub async fn goto(&self, path: &str) {
        self.post("/url", json!({ "url": format!("{}{path}", self.base) }))
            .await;
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let path = format!("{}/url", self.place);
        let url = call(self.port, Method::GET, &path, None).await.expect("an address");
        let url = url.as_str().expect("a text");
        url.strip_prefix(&self.base).unwrap_or(url).to_owned()
    }

    async fn find(&self, using: &str, value: &str) -> Option<String> {
        let path = format!("{}/element", self.place);
        let body = json!({ "using": using, "value": value });
        let found = call(self.port, Method::POST, &path, Some(body)).await.ok()?;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    async fn element(&self, using: &str, value: &str) -> String {
        // Without scripts the driver does not wait for the page that a click leads to.
        let begun = Instant::now();
        loop {
            if let Some(element) = self.find(using, value).await {
                return element;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "no {value} on {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether something is there.
    pub async fn has(&self, css: &str) -> bool {
        self.find("css selector", css).await.is_some()
    }

    /// Waits until something is there, for as long as anybody would.
    pub async fn wait_for(&self, css: &str) {
        let begun = Instant::now();
        while !self.has(css).await {
            assert!(
                begun.elapsed() < PATIENCE,
                "{css} did not come on {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn press_on(&self, element: &str) {
        let script = "arguments[0].scrollIntoView({ block: 'center' });";
        let middle = json!({ "script": script, "args": [{ ELEMENT: element }] });
        self.post("/execute/sync", middle).await;
        self.post(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Clicks on the first element of a selector.
    pub async fn click(&self, css: &str) {
        let element = self.element("css selector", css).await;
        self.press_on(&element).await;
    }

    /// Clicks on the first button, link or summary with these words.
    pub async fn press(&self, words: &str) {
        let words = quoted(words);
        let path = format!(
            "//main//*[self::button or self::a or self::summary][normalize-space(.)={words} or @aria-label={words}]"
        );
        let element = self.element("xpath", &path).await;
        self.press_on(&element).await;
    }

    /// The field with this label, inside an open form.
    async fn field(&self, label: &str) -> String {
        let path = format!(
            "//main//*[@id=//label[starts-with(normalize-space(.),{})]/@for][not(ancestor::details[not(@open)])]",
            quoted(label)
        );
        self.element("xpath", &path).await
    }

    /// Types into the field with this label.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        let kind = format!("{}/element/{field}/property/type", self.place);
        let kind = call(self.port, Method::GET, &kind, None).await.expect("a property");
        if kind == "date" {
            // How a date is typed depends on the language of the machine.
            let set = json!({ "script": "arguments[0].value = arguments[1];", "args": [{ ELEMENT: field }, text] });
            self.post("/execute/sync", set).await;
            return;
        }
        self.post(&format!("/element/{field}/clear"), json!({})).await;
        self.post(&format!("/element/{field}/value"), json!({ "text": text }))
            .await;
    }

    /// Gives a file to the field with this label.
    pub async fn upload(&self, label: &str, file: &Path) {
        let field = self.field(label).await;
        let body = json!({ "text": file.to_str().expect("a path of a test") });
        self.post(&format!("/element/{field}/value"), body).await;
    }

    /// Chooses the option with these words, or this box.
    pub async fn choose(&self, words: &str) {
        let words = quoted(words);
        let path = format!(
            "//main//option[normalize-space(.)={words}] | //main//input[@id=//label[normalize-space(.)={words}]/@for]"
        );
        let element = self.element("xpath", &path).await;
        self.press_on(&element).await;
    }

    /// What the page says; nothing while it changes.
    pub async fn text(&self) -> String {
        let Some(body) = self.find("css selector", "body").await else {
            return String::new();
        };
        let path = format!("{}/element/{body}/text", self.place);
        let text = call(self.port, Method::GET, &path, None).await.unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) {
        let begun = Instant::now();
        loop {
            let text = self.text().await;
            if text.contains(words) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{} does not say {words}:\n{text}",
                self.path().await
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] }))
            .await
    }

    /// Runs a script that calls back.
    pub async fn script_later(&self, script: &str, argument: &str) -> Value {
        self.post("/execute/async", json!({ "script": script, "args": [argument] }))
            .await
    }

    /// Presses the tabulator so many times.
    pub async fn tab(&self, times: usize) {
        let tab = "\u{e004}";
        let keys: Vec<Value> = (0..times)
            .flat_map(|_| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": tab })))
            .collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.post("/actions", keyboard).await;
    }

    async fn protocol(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
            .await
    }

    /// Makes the window so wide.
    pub async fn width(&self, width: u32) {
        let size = json!({ "width": width, "height": 768, "deviceScaleFactor": 1, "mobile": false });
        self.protocol("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Shows the page as it is in the dark, or not.
    pub async fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.protocol("Emulation.setEmulatedMedia", media).await;
    }

    /// A picture of the whole page, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        use base64::Engine as _;
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true });
        let taken = self.protocol("Page.captureScreenshot", asked).await;
        let text = taken["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .expect("a picture")
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = self.post("/se/log", json!({ "type": kind })).await;
        entries.as_array().cloned().unwrap_or_default()
    }

    /// What the browser complained of since it was asked last, and addresses outside the site that it was made to ask.
    pub async fn complaints(&self) -> Vec<String> {
        let mut all = Vec::new();
        let entries = self.log("browser").await;
        // A form that was not taken is told so on purpose; a mail shown by itself has no icon of ours, and the browser
        // looks for one.
        let heard = |entry: &&Value| {
            let said = entry["message"].as_str().unwrap_or_default();
            entry["level"] != "DEBUG" && !said.contains("status of 422 ") && !said.contains("/favicon.ico")
        };
        for entry in entries.iter().filter(heard) {
            all.push(format!("console: {}", entry["message"].as_str().unwrap_or_default()));
        }
        for entry in self.log("performance").await {
            let message = entry["message"].as_str().unwrap_or_default();
            if !message.contains("Network.requestWillBeSent\"") {
                continue;
            }
            let told: Value = serde_json::from_str(message).expect("the driver writes JSON");
            let url = told["message"]["params"]["request"]["url"].as_str().unwrap_or_default();
            let own = url.starts_with(&format!("{}/", self.base)) || url.starts_with("data:");
            if !own {
                all.push(format!("asks outside: {url}"));
            }
        }
        all
    }
}
