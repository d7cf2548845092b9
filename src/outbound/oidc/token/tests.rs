//! Each fault is planted alone in a token that is believed without it.

use super::*;
use serde_json::json;
use signer::{Signer, base64url};

#[path = "../../../../tests/it/support/signer.rs"]
mod signer;

const ISSUER: &str = "https://id.yunchuan.example/realms/a";
const NOW: Moment = Moment::from_millis(1_790_000_000_123);
const ASKED: Moment = Moment::from_millis(1_790_000_000_123 - 30_000);

fn wanted() -> Wanted<'static> {
    Wanted {
        issuer: ISSUER,
        client_id: "rongcuo",
        nonce: "n-1",
        asked: ASKED,
    }
}

fn keys(signer: &Signer) -> Keys {
    Keys::parse(signer.keys().to_string().as_bytes()).expect("a list of keys")
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "u-7", "aud": "rongcuo", "exp": 1_790_000_300, "iat": 1_789_999_999, "nonce": "n-1",
        "preferred_username": "lin.jia",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(name);
    claims
}

fn rs256() -> Value {
    json!({ "alg": "RS256", "kid": "r1" })
}

#[test]
fn a_token_of_either_kind_is_believed() {
    let signer = Signer::new();
    let keys = keys(&signer);
    assert_eq!(keys.len(), 2);
    for head in [
        rs256(),
        json!({ "alg": "ES256", "kid": "e1", "typ": "JWT" }),
        // Without a name, the only key of its kind.
        json!({ "alg": "RS256" }),
    ] {
        let said = believed(&signer.token(&head, &claims()), &keys, wanted(), NOW);
        let said = said.unwrap_or_else(|doubt| panic!("{head}: {doubt}"));
        assert_eq!(said.text("preferred_username"), Some("lin.jia"));
        assert_eq!(said.text("nobody"), None);
    }
    for good in [
        with("aud", json!(["rongcuo"])),
        with("azp", json!("rongcuo")),
        // The clocks are a minute apart at the most.
        with("exp", json!(1_789_999_941)),
        with("iat", json!(1_790_000_060)),
        with("iat", json!(1_789_999_911)),
        with("exp", json!(1_790_000_300.5)),
    ] {
        let said = believed(&signer.token(&rs256(), &good), &keys, wanted(), NOW);
        assert!(said.is_ok(), "{good}: {said:?}");
    }
    let mut several = with("aud", json!(["other", "rongcuo"]));
    several["azp"] = json!("rongcuo");
    assert!(believed(&signer.token(&rs256(), &several), &keys, wanted(), NOW).is_ok());
}

#[test]
fn what_a_token_says_must_be_said_by_whom_to_whom_and_when_it_is_wanted() {
    let signer = Signer::new();
    let keys = keys(&signer);
    for (planted, doubt) in [
        (with("iss", json!("https://evil.example")), Doubt::Issuer),
        (with("iss", json!(format!("{ISSUER}/"))), Doubt::Issuer),
        (without("iss"), Doubt::Issuer),
        (with("aud", json!("other")), Doubt::Audience),
        (with("aud", json!(["other"])), Doubt::Audience),
        (with("aud", json!(["other", "rongcuo"])), Doubt::Audience),
        (with("aud", json!([])), Doubt::Audience),
        (without("aud"), Doubt::Audience),
        (with("azp", json!("other")), Doubt::Audience),
        (with("azp", json!(["rongcuo"])), Doubt::Audience),
        (with("exp", json!(1_789_999_940)), Doubt::Expired),
        (with("exp", json!("1790000300")), Doubt::Expired),
        (without("exp"), Doubt::Expired),
        (with("iat", json!(1_790_000_061)), Doubt::Early),
        (with("nbf", json!(1_790_000_061)), Doubt::Early),
        (with("nbf", json!("soon")), Doubt::Early),
        (without("iat"), Doubt::Early),
        (with("iat", json!(1_789_999_909)), Doubt::Old),
        (with("nonce", json!("n-2")), Doubt::Nonce),
        (with("nonce", json!("")), Doubt::Nonce),
        (without("nonce"), Doubt::Nonce),
        (without("sub"), Doubt::Subject),
        (with("sub", json!("")), Doubt::Subject),
    ] {
        let said = believed(&signer.token(&rs256(), &planted), &keys, wanted(), NOW);
        assert_eq!(said.map(|_| ()), Err(doubt), "{planted}");
    }
}

#[test]
fn only_a_listed_key_signs_and_only_in_its_own_way() {
    let signer = Signer::new();
    let keys = keys(&signer);
    for (head, doubt) in [
        (json!({ "alg": "none" }), Doubt::Alg),
        (json!({ "alg": "none", "kid": "r1" }), Doubt::Alg),
        (json!({ "alg": "None", "kid": "r1" }), Doubt::Alg),
        (json!({ "alg": "HS256", "kid": "r1" }), Doubt::Alg),
        (json!({ "alg": "RS512", "kid": "r1" }), Doubt::Alg),
        (json!({ "kid": "r1" }), Doubt::Alg),
        (json!({ "alg": ["RS256"], "kid": "r1" }), Doubt::Alg),
        (json!({ "alg": "RS256", "kid": "r2" }), Doubt::UnknownKey),
        // The name of a key of the other kind.
        (json!({ "alg": "RS256", "kid": "e1" }), Doubt::UnknownKey),
        (json!({ "alg": "ES256", "kid": "r1" }), Doubt::UnknownKey),
        (json!({ "alg": "RS256", "kid": "r1", "crit": ["exp"] }), Doubt::Critical),
    ] {
        let said = believed(&signer.token(&head, &claims()), &keys, wanted(), NOW);
        assert_eq!(said.map(|_| ()), Err(doubt), "{head}");
    }
    // Another provider's key under the same name.
    let other = Signer::new();
    let es256 = json!({ "alg": "ES256", "kid": "e1" });
    let said = believed(&other.token(&es256, &claims()), &keys, wanted(), NOW);
    assert_eq!(said.map(|_| ()), Err(Doubt::Signature));
}

#[test]
fn an_altered_token_is_not_believed() {
    let signer = Signer::new();
    let keys = keys(&signer);
    for head in [rs256(), json!({ "alg": "ES256", "kid": "e1" })] {
        let good = signer.token(&head, &claims());
        let parts: Vec<&str> = good.split('.').collect();
        let body = base64url(with("preferred_username", json!("sys")).to_string());
        let altered = format!("{}.{body}.{}", parts[0], parts[2]);
        assert_eq!(
            believed(&altered, &keys, wanted(), NOW).map(|_| ()),
            Err(Doubt::Signature)
        );
        let bare = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(believed(&bare, &keys, wanted(), NOW).map(|_| ()), Err(Doubt::Signature));
        // The same bytes of the signature may be written in one way only.
        for odd in [
            format!("{good}="),
            format!("{good}."),
            format!(".{good}"),
            good.replacen('.', "", 1),
            String::new(),
        ] {
            assert_eq!(
                believed(&odd, &keys, wanted(), NOW).map(|_| ()),
                Err(Doubt::Shape),
                "{odd}"
            );
        }
    }
}

#[test]
fn keys_that_serve_something_else_are_passed_over() {
    let signer = Signer::new();
    let mut list = signer.keys();
    let [rsa, curve] = [0, 1].map(|at| list["keys"][at].clone());
    let count = |keys: Value| Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).map(|keys| keys.len());
    let planted = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        json!([key])
    };
    assert_eq!(count(planted(&rsa, "use", json!("enc"))), Some(0));
    assert_eq!(count(planted(&rsa, "alg", json!("RS512"))), Some(0));
    assert_eq!(count(planted(&rsa, "alg", json!("ES256"))), Some(0));
    assert_eq!(count(planted(&rsa, "kty", json!("oct"))), Some(0));
    assert_eq!(count(planted(&rsa, "n", json!("=="))), Some(0));
    assert_eq!(count(planted(&curve, "crv", json!("P-384"))), Some(0));
    assert_eq!(count(planted(&curve, "x", json!(base64url([1; 33])))), Some(0));
    assert_eq!(count(json!([7, null, "x", {}])), Some(0));
    assert_eq!(count(json!(vec![rsa.clone(); 60])), Some(50));
    assert_eq!(Keys::parse(b"{}").map(|keys| keys.len()), None);
    // Two keys of a kind: a token must name its own.
    list["keys"].as_array_mut().expect("a list").push(rsa);
    let several = Keys::parse(list.to_string().as_bytes()).expect("a list of keys");
    let token = signer.token(&json!({ "alg": "RS256" }), &claims());
    assert_eq!(
        believed(&token, &several, wanted(), NOW).map(|_| ()),
        Err(Doubt::UnknownKey)
    );
}

#[test]
fn zeros_before_a_number_change_nothing() {
    let signer = Signer::new();
    let mut list = signer.keys();
    for (at, names) in [(0, &["n", "e"][..]), (1, &["x", "y"])] {
        for name in names {
            let text = list["keys"][at][name].as_str().expect("a number").to_owned();
            let mut bytes = super::base64url(&text).expect("a number");
            bytes.insert(0, 0);
            list["keys"][at][name] = json!(base64url(bytes));
        }
    }
    let keys = Keys::parse(list.to_string().as_bytes()).expect("a list of keys");
    for head in [rs256(), json!({ "alg": "ES256", "kid": "e1" })] {
        assert!(believed(&signer.token(&head, &claims()), &keys, wanted(), NOW).is_ok());
    }
}
