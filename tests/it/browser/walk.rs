//! Every page of every role: found by the table of routes and the links of the pages themselves.

use super::driver::Session;
use super::flows;
use super::stage::{Site, enter};
use rongcuo::app::App;
use rongcuo::domain::account::Role;
use rongcuo::web::routes;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

const CHECK: &str = include_str!("check.js");
const OVERFLOW: &str = include_str!("overflow.js");
const KEYS: &str = include_str!("keys.js");
const KEYS_SAID: &str = include_str!("keys_said.js");

/// How a file is answered.
const ASKED: &str = "\
    var done = arguments[1]; \
    fetch(arguments[0], { credentials: 'same-origin' }).then( \
        function (answer) { done(answer.status); }, function (error) { done(String(error)); });";
/// How the page was answered.
const STATUS: &str = "return performance.getEntriesByType('navigation')[0].responseStatus;";
/// What ends so is a file to be saved.
const FILES: [&str; 12] = [
    "/export",
    "/workbook",
    "/opinion",
    "/csv",
    "/json",
    "/raw",
    "/issued",
    "/draft",
    "/{hash}",
    "/{paper}",
    "/xlsx",
    "/text",
];

/// Whether the tabulator has been at every place of the page.
const ALL_REACHED: &str = "\
    var reached = window.rongcuoFocus.map(function (step) { return step.element; }); \
    return window.rongcuoPlaces.every(function (place) { return reached.indexOf(place) >= 0; });";

const LINKS: &str = "\
    return Array.prototype.map.call(document.querySelectorAll('a[href], iframe[src]'), function (one) { \
        return one.getAttribute('href') || one.getAttribute('src'); });";

/// Not of our making: what a mail looks like, shown in a frame that may do nothing.
const FOREIGN: &str = "/mails/{id}/html";
/// Programs and browsers ask these, people do not.
const NO_PAGES: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/assets/{file}"];
/// An item of the ledger.
const ITEM: &str = "/rectifications/{id}";
/// The most places the tabulator is led through on one page.
const MOST_TABS: u64 = 70;
/// How long a frame may hold the tabulator: so many rounds of so many places.
const MOST_ROUNDS: usize = 10;
const TABS_A_ROUND: usize = 20;

/// What the story has no example of, and why.
const WITHOUT: [(&str, &str); 6] = [
    ("/standing/{id}", "nothing was taken that is to be restored"),
    ("/cases/{id}/issued", "a file; no paper of a case was issued"),
    (
        "/rectifications/{id}/papers/{paper}",
        "a file; no paper of an item was issued",
    ),
    ("/sign-in/oidc", "the story has no provider to sign in with"),
    ("/sign-in/oidc/back", "the same"),
    ("/sign-in/oidc/code", "the same"),
];

struct Walk<'a> {
    browser: &'a Session,
    faults: Vec<String>,
    pictures: PathBuf,
    /// Pages that somebody has seen.
    seen: BTreeSet<String>,
}

/// Walks as everybody; gives what is wrong. `closed` is an item with evidence, which the lists show last.
pub async fn walk(browser: Session, site: &Site, closed: &str) -> Vec<String> {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("it lies in the target folder")
        .join("screenshots");
    drop(std::fs::remove_dir_all(&pictures));
    let mut walk = Walk {
        browser: &browser,
        faults: Vec::new(),
        pictures,
        seen: BTreeSet::new(),
    };
    let table: Vec<(String, String)> = routes::<App>()
        .iter()
        .filter_map(|route| route.strip_prefix("GET "))
        .filter_map(|route| route.split_once(' '))
        .map(|(path, who)| (path.to_owned(), who.to_owned()))
        .collect();
    for role in Role::ALL {
        if matches!(role, Role::Handler | Role::Prechecker) {
            flows::precheck_as(&browser, role, site).await;
        } else {
            enter(&browser, role).await;
        }
        let own: Vec<&str> = table
            .iter()
            .filter(|(_, who)| who.split(',').any(|one| one == role.as_str()))
            .map(|(path, _)| path.as_str())
            .collect();
        let more = [
            (ITEM, closed.to_owned()),
            ("/findings", "/findings?state=all".to_owned()),
        ];
        let more: Vec<_> = more.into_iter().filter(|(route, _)| own.contains(route)).collect();
        walk.role(role.as_str(), &own, &more).await;
    }
    browser.goto("/sign-in").await;
    browser.click(".who form button").await;
    let open: Vec<&str> = table
        .iter()
        .filter(|(path, who)| who == "anyone" && !NO_PAGES.contains(&path.as_str()))
        .map(|(path, _)| path.as_str())
        .collect();
    walk.role("anyone", &open, &site.given).await;
    let faults = walk.faults;
    browser.close().await;
    faults
}

/// The route an address belongs to: the one with fewest open places.
fn route_of<'a>(path: &str, routes: &[&'a str]) -> Option<&'a str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let fits = |route: &str| {
        let (own, asked): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
        own.len() == asked.len()
            && own
                .iter()
                .zip(&asked)
                .all(|(own, asked)| own.starts_with('{') || own == asked)
    };
    let fitting = routes.iter().copied().filter(|route| fits(route));
    fitting.min_by_key(|route| route.matches('{').count())
}

impl Walk<'_> {
    async fn role<'r>(&mut self, role: &str, own: &[&'r str], given: &[(&'r str, String)]) {
        let mut known: BTreeMap<&str, String> = BTreeMap::new();
        known.extend(
            own.iter()
                .filter(|route| !route.contains('{') && !WITHOUT.iter().any(|(path, _)| path == *route))
                .map(|route| (*route, (*route).to_owned())),
        );
        let mut waiting: VecDeque<(&str, String)> = known.iter().map(|(route, path)| (*route, path.clone())).collect();
        waiting.extend(given.iter().cloned());
        let mut visited = BTreeSet::new();
        // What was opened a moment ago is a page like others.
        let here = self.browser.path().await;
        if let Some(route) = route_of(&here, own)
            && !known.contains_key(route)
        {
            known.insert(route, here.clone());
            waiting.push_back((route, here));
        }
        while let Some((route, path)) = waiting.pop_front() {
            visited.insert(route);
            let mut links = self.look(role, route, &path).await;
            // No mail of the story waits, so that no page leads to its end; the page says so.
            if route == "/mails/{id}" {
                links.push(format!("{path}/end"));
            }
            for link in links {
                let Some(route) = route_of(&link, own) else { continue };
                if !known.contains_key(route) {
                    known.insert(route, link.clone());
                    waiting.push_back((route, link));
                }
            }
        }
        for route in own.iter().filter(|route| !visited.contains(*route)) {
            let without = WITHOUT.iter().any(|(path, _)| path == route);
            if !without {
                self.faults
                    .push(format!("{role} {route}: no page of the story leads there"));
            }
        }
    }

    fn note(&mut self, role: &str, path: &str, found: &Value) {
        for one in found.as_array().into_iter().flatten() {
            self.faults
                .push(format!("{role} {path}: {}", one.as_str().unwrap_or_default()));
        }
    }

    /// Looks at one address; gives where it leads.
    async fn look(&mut self, role: &str, route: &str, path: &str) -> Vec<String> {
        if FILES.iter().any(|end| route.ends_with(end)) {
            let status = self.browser.script_later(ASKED, path).await;
            if status != 200 {
                self.faults.push(format!("{role} {path}: answers {status}"));
            }
            return Vec::new();
        }
        self.browser.goto(path).await;
        let status = self.browser.script(STATUS).await;
        if status != 200 {
            self.faults.push(format!("{role} {path}: answers {status}"));
        }
        if route != FOREIGN {
            let checked = self.browser.script(CHECK).await;
            self.note(role, path, &checked);
        }
        let links = self.browser.script(LINKS).await;
        // A narrow window is looked into once a page, a wide one for everybody.
        let is_new = self.seen.insert(route.to_owned());
        for width in if is_new { &[1366, 320][..] } else { &[1366] } {
            let width = *width;
            if is_new {
                self.browser.width(width).await;
            }
            if route != FOREIGN {
                let wide = self.browser.script(OVERFLOW).await;
                self.note(role, &format!("{path} at {width}"), &wide);
            }
            self.keep(role, route, width).await;
        }
        if is_new {
            self.browser.width(1366).await;
        }
        if route != FOREIGN && is_new {
            self.browser.dark(true).await;
            let checked = self.browser.script(CHECK).await;
            let dark = checked
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one.as_str().is_some_and(|one| one.starts_with("contrast")));
            self.note(role, &format!("{path} in the dark"), &dark.cloned().collect());
            self.browser.dark(false).await;
            self.keys(role, path).await;
        }
        for complaint in self.browser.complaints().await {
            self.faults.push(format!("{role} {path}: {complaint}"));
        }
        if route == FOREIGN {
            // Nothing can be asked for from there.
            self.browser.goto("/help").await;
        }
        let links = links.as_array().into_iter().flatten();
        links.filter_map(|link| link.as_str().map(str::to_owned)).collect()
    }

    /// Leads the tabulator through the page.
    async fn keys(&mut self, role: &str, path: &str) {
        let told = self.browser.script(KEYS).await;
        let [places, inner, frames] = [0, 1, 2].map(|at| told[at].as_u64().expect("a count"));
        let pressed = (places + inner).min(MOST_TABS);
        self.browser.tab(usize::try_from(pressed).expect("a few")).await;
        let mut reached = pressed.saturating_sub(inner);
        // A frame keeps to itself how many places it has, so it is left when the places behind it are reached.
        if frames > 0 {
            reached = places;
            for _ in 0..MOST_ROUNDS {
                if self.browser.script(ALL_REACHED).await == Value::Bool(true) {
                    break;
                }
                self.browser.tab(TABS_A_ROUND).await;
            }
        }
        let said = self
            .browser
            .script(&KEYS_SAID.replace("MOST", &reached.to_string()))
            .await;
        self.note(role, &format!("{path} by keys"), &said);
    }

    /// Keeps a picture.
    async fn keep(&self, role: &str, route: &str, width: u32) {
        let folder = self.pictures.join(width.to_string()).join(role);
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let name: String = route
            .chars()
            .filter(|c| !matches!(c, '{' | '}'))
            .map(|c| if c == '/' { '-' } else { c })
            .collect();
        let name = if name == "-" { "-desk".to_owned() } else { name };
        let picture = self.browser.picture().await;
        std::fs::write(folder.join(format!("{}.png", name.trim_start_matches('-'))), picture).expect("a picture");
    }
}
