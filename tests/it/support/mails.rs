//! Mails a catcher or the file mode wrote, read by an independent parser.

use mail_parser::MessageParser;
use std::path::Path;

/// What a test looks at.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub text: String,
}

/// Every `.eml` file of a folder, in the order of their names.
pub fn of_folder(folder: &Path) -> Vec<Mail> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "eml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| read(&std::fs::read(path).expect("a mail")))
        .collect()
}

fn read(bytes: &[u8]) -> Mail {
    let message = MessageParser::default().parse(bytes).expect("a MIME message");
    let to = message
        .to()
        .and_then(|to| to.first())
        .and_then(|to| to.address())
        .unwrap_or_default();
    Mail {
        to: to.to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        text: message
            .body_text(0)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default(),
    }
}
