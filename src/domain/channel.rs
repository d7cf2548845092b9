//! Channels beside mail: which kinds there are, what one may be called, and what becomes of its secrets when it is changed.

/// Channels there may be.
pub const MOST: usize = 50;
/// Longest name.
pub const NAME_CHARS: usize = 40;
/// Messages a minute where nothing else is said: what the robots take.
pub const PER_MINUTE: u32 = 20;
/// Most that may be said.
pub const MOST_PER_MINUTE: u32 = 6000;

/// What a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A robot of 企业微信.
    WeCom,
    /// A robot of 钉钉.
    DingTalk,
    /// Any receiver of JSON.
    Webhook,
    /// A folder.
    File,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::WeCom, Self::DingTalk, Self::Webhook, Self::File];

    /// Its word in configurations and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::WeCom => "wecom",
            Self::DingTalk => "dingtalk",
            Self::Webhook => "webhook",
            Self::File => "file",
        }
    }

    /// Reads the word.
    pub fn from_word(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == text)
    }

    /// What people call it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::WeCom => "企业微信机器人",
            Self::DingTalk => "钉钉机器人",
            Self::Webhook => "通用接口",
            Self::File => "写成文件",
        }
    }

    /// The parameter of a robot's address that lets anybody write to its group.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::WeCom => Some("key"),
            Self::DingTalk => Some("access_token"),
            Self::Webhook | Self::File => None,
        }
    }

    /// Whether requests can be signed.
    pub fn signs(self) -> bool {
        matches!(self, Self::DingTalk | Self::Webhook)
    }
}

/// Whether something goes through a channel, as its newest version says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As the version says.
    InUse,
    /// Nothing.
    Retired,
    /// As the configuration says.
    OfFile,
}

impl State {
    /// Its word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::InUse => "in-use",
            Self::Retired => "retired",
            Self::OfFile => "of-file",
        }
    }

    /// Reads the word.
    pub fn from_word(text: &str) -> Option<Self> {
        [Self::InUse, Self::Retired, Self::OfFile]
            .into_iter()
            .find(|one| one.word() == text)
    }
}

/// Whether a channel may be called so.
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().count() <= NAME_CHARS && text.chars().all(plain)
}

/// What a form asks of something that it does not show.
#[derive(Clone, PartialEq, Eq)]
pub enum Wish<T> {
    /// What there was.
    Keep,
    /// This.
    Put(T),
    /// Nothing.
    Drop,
}

impl<T> Wish<T> {
    /// What it comes to; `None` where it has to be given anew. What is kept goes to the place it was given for and to no
    /// other: whoever changes a place could else have a secret sent to one of their own.
    pub fn settle(self, before: Option<T>, same_place: bool) -> Option<Option<T>> {
        match self {
            Self::Put(new) => Some(Some(new)),
            Self::Drop => Some(None),
            Self::Keep if same_place || before.is_none() => Some(before),
            Self::Keep => None,
        }
    }
}

/// What may be said of a channel: no address beyond its host, no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it is.
    pub kind: Kind,
    /// Scheme, host and port, or the folder.
    pub place: String,
    /// Messages a minute.
    pub per_minute: u32,
    /// Whether messages are marked up.
    pub markdown: bool,
    /// Shape of the document, where it is the site's own.
    pub body: Option<String>,
    /// Names of the headers of the site's own.
    pub headers: Vec<String>,
    /// Whether requests are signed.
    pub signed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        for state in [State::InUse, State::Retired, State::OfFile] {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        assert_eq!((Kind::from_word("sms"), State::from_word("")), (None, None));
    }

    #[test]
    fn names_fit_addresses_and_rules() {
        for good in ["督查群", "gw-1", "a_b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a b", "../a", "a/b", "a\"b", &"长".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_secret_that_is_kept_goes_nowhere_else() {
        assert_eq!(Wish::Keep.settle(Some("old"), true), Some(Some("old")));
        assert_eq!(Wish::Keep.settle(Some("old"), false), None);
        assert_eq!(Wish::Keep.settle(None::<&str>, false), Some(None));
        for same in [true, false] {
            assert_eq!(Wish::Put("new").settle(Some("old"), same), Some(Some("new")));
            assert_eq!(Wish::Drop.settle(Some("old"), same), Some(None));
        }
    }
}
