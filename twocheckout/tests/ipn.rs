//! Notifications from the body of a POST to its receipt, with the public interface alone.

use jiff::Timestamp;
use twocheckout::Credentials;
use twocheckout::ipn::{
    Error, Meaning, Notification, OrderStatus, OutgoingNotification, SignatureAlgorithm, Unchanged, Verifier,
};

/// The order that signs to `710000379cart-7f3a8COMPLETE4Zoë015zoe@example.com1116Software program101420050303123434`.
const BODY: &str = "REFNO=1000037&REFNOEXT=cart-7f3a&ORDERSTATUS=COMPLETE&FIRSTNAME=Zo%C3%AB&COMPANY=\
    &CUSTOMEREMAIL=zoe%40example.com&IPN_PID%5B%5D=1&IPN_PNAME[]=Software+program&TEST_ORDER=0&IPN_DATE=20050303123434";
const MD5: &str = "52b43d1d257c997d52ed52bb1d50c3ff";
const SHA256: &str = "f858cd6762576650fcf81b2a19529d29c42d493164fa9a72aff08d4459f4875b";
const SHA3: &str = "fef6796e57d0d228106a4373d637511df7faee432a31974958aca70b422d18e1";

fn credentials() -> Credentials {
    Credentials::new("MERCHANT", "AABBCCDDEEFF")
}

fn verifier() -> Verifier {
    Verifier::new(&credentials())
}

fn verify(verifier: &Verifier, tail: &str) -> Result<Notification, Error> {
    verifier.verify(format!("{BODY}{tail}").as_bytes())
}

#[test]
fn the_strongest_signature_decides() {
    let (wrong, upper) = ("0".repeat(64), SHA256.to_uppercase());
    let cases: &[(String, Result<SignatureAlgorithm, Error>)] = &[
        (format!("&SIGNATURE_SHA3_256={SHA3}"), Ok(SignatureAlgorithm::Sha3_256)),
        (format!("&SIGNATURE_SHA2_256={SHA256}"), Ok(SignatureAlgorithm::Sha256)),
        (format!("&SIGNATURE_SHA2_256={upper}"), Ok(SignatureAlgorithm::Sha256)),
        (format!("&HASH={MD5}&SIGNATURE_SHA2_256={SHA256}"), Ok(SignatureAlgorithm::Sha256)),
        (format!("&SIGNATURE_SHA3_256=&SIGNATURE_SHA2_256={SHA256}"), Ok(SignatureAlgorithm::Sha256)),
        (format!("&SIGNATURE_SHA3_256={wrong}&SIGNATURE_SHA2_256={SHA256}"), Err(Error::Signature)),
        (format!("&SIGNATURE_SHA2_256={wrong}"), Err(Error::Signature)),
        (format!("&SIGNATURE_SHA2_256={SHA3}"), Err(Error::Signature)),
        ("&SIGNATURE_SHA2_256=ada".to_owned(), Err(Error::Signature)),
        (format!("&SIGNATURE_SHA2_256={SHA256}&EXTRA=1"), Err(Error::Signature)),
        (format!("&HASH={MD5}"), Err(Error::Md5)),
        (String::new(), Err(Error::Unsigned)),
        ("&HASH=&SIGNATURE_SHA2_256=".to_owned(), Err(Error::Unsigned)),
        (format!("&REFNO=1000037&SIGNATURE_SHA2_256={SHA256}"), Err(Error::DuplicateField)),
        (format!("&SIGNATURE_SHA2_256={SHA256}&X=%4"), Err(Error::Encoding)),
    ];
    for (tail, expected) in cases {
        assert_eq!(verify(&verifier(), tail).map(|read| read.algorithm()), *expected, "{tail}");
    }
}

#[test]
fn md5_counts_where_it_is_allowed_and_nothing_stronger_is_there() {
    let allowing = verifier().allow_md5(true);
    let read = |tail: String| verify(&allowing, &tail).map(|read| read.algorithm());
    assert_eq!(read(format!("&HASH={MD5}")), Ok(SignatureAlgorithm::Md5));
    assert_eq!(read(format!("&HASH={MD5}&SIGNATURE_SHA2_256={}", "0".repeat(64))), Err(Error::Signature));
}

#[test]
fn the_order_of_the_fields_is_part_of_what_is_signed() {
    let swapped = BODY.replace("REFNO=1000037&REFNOEXT=cart-7f3a", "REFNOEXT=cart-7f3a&REFNO=1000037");
    let body = format!("{swapped}&SIGNATURE_SHA2_256={SHA256}");
    assert_eq!(verifier().verify(body.as_bytes()).err(), Some(Error::Signature));
}

#[test]
fn another_accounts_notification_is_refused() {
    for algorithm in [SignatureAlgorithm::Sha256, SignatureAlgorithm::Sha3_256] {
        let body = OutgoingNotification::new().field("REFNO", "1").signed(&Credentials::new("OTHER", "key"), algorithm);
        assert_eq!(verifier().verify(body.as_bytes()).err(), Some(Error::Signature));
    }
}

#[test]
fn a_notification_reads_as_it_was_written() {
    let body = OutgoingNotification::new()
        .field("REFNO", "1000037")
        .field("REFNOEXT", "a&b=c+d e%20ü")
        .field("CUSTOMEREMAIL", "zoë+shop@example.com")
        .field("IPN_PID[]", "1")
        .field("IPN_PID[]", "2")
        .field("SALEDATE", "2026-03-01 00:30:00")
        .field("TIMEZONE_OFFSET", "GMT+02:00")
        .field("MESSAGE_ID", "abc")
        .field("COMPANY", "")
        .signed(&credentials(), SignatureAlgorithm::Sha3_256);
    let read = verifier().verify(body.as_bytes()).unwrap();
    assert_eq!(read.refno(), Some("1000037"));
    assert_eq!(read.external_reference(), Some("a&b=c+d e%20ü"));
    assert_eq!(read.customer_email(), Some("zoë+shop@example.com"));
    assert_eq!(read.sale_date().map(|date| date.at.to_string()).as_deref(), Some("2026-02-28T22:30:00Z"));
    assert_eq!((read.message_id(), read.field("IPN_PID"), read.field("COMPANY")), (Some("abc"), Some("1"), None));
}

#[test]
fn the_receipt_signs_the_first_product_and_both_dates() {
    let now: Timestamp = "2005-03-03T12:34:34Z".parse().unwrap();
    let cases = [
        (
            format!("&SIGNATURE_SHA2_256={SHA256}"),
            r#"<sig algo="sha256" date="20050303123434">ea6f44c39b3d204b59500998fcb9221c92744d9721a94b45fc6d5cda99980176</sig>"#,
        ),
        (
            format!("&SIGNATURE_SHA3_256={SHA3}"),
            r#"<sig algo="sha3-256" date="20050303123434">85180497aaaa4844a278b52b1ce257d2820dbf5857470a5f678fef2266d0d4a8</sig>"#,
        ),
        (format!("&HASH={MD5}"), "<EPAYMENT>20050303123434|7bf97ed39681027d0c45aa45e3ea98f0</EPAYMENT>"),
    ];
    let verifier = verifier().allow_md5(true);
    for (tail, receipt) in cases {
        assert_eq!(verifier.receipt(&verify(&verifier, &tail).unwrap(), now), receipt);
    }
}

#[test]
fn each_status_has_one_meaning() {
    let none = |why| Meaning::Unchanged(why);
    let cases: &[(&[(&str, &str)], Meaning)] = &[
        (&[("ORDERSTATUS", "PAYMENT_AUTHORIZED")], Meaning::Ordered),
        (&[("ORDERSTATUS", "AUTHRECEIVED")], Meaning::Ordered),
        (&[("ORDERSTATUS", "PAYMENT_RECEIVED"), ("FRAUD_STATUS", "APPROVED")], Meaning::Ordered),
        (&[("ORDERSTATUS", "COMPLETE"), ("FRAUD_STATUS", "PENDING")], Meaning::Ordered),
        (&[("ORDERSTATUS", "complete"), ("FRAUD_STATUS", "")], Meaning::Ordered),
        (&[("ORDERSTATUS", "COMPLETE"), ("FRAUD_STATUS", "DENIED")], none(Unchanged::Denied)),
        (&[("ORDERSTATUS", "PAYMENT_AUTHORIZED"), ("FRAUD_STATUS", "denied")], none(Unchanged::Denied)),
        (&[("ORDERSTATUS", "PENDING")], Meaning::AwaitingPayment),
        (&[("ORDERSTATUS", "PURCHASE_PENDING")], Meaning::AwaitingPayment),
        (&[("ORDERSTATUS", "PENDING_APPROVAL")], Meaning::AwaitingPayment),
        (&[("ORDERSTATUS", "PENDING_ORDER_APPROVAL")], Meaning::AwaitingPayment),
        (&[("ORDERSTATUS", "CANCELED")], none(Unchanged::Status)),
        (&[("ORDERSTATUS", "REFUND")], none(Unchanged::Status)),
        (&[("ORDERSTATUS", "REVERSED")], none(Unchanged::Status)),
        (&[("ORDERSTATUS", "INVALID")], none(Unchanged::Status)),
        (&[("ORDERSTATUS", "TELEPORTED")], none(Unchanged::Status)),
        (&[("REFNO", "1")], none(Unchanged::Status)),
        (&[("ORDERSTATUS", "COMPLETE"), ("ORIGINAL_REFNOEXT[]", "")], Meaning::Ordered),
        (&[("ORDERSTATUS", "COMPLETE"), ("ORIGINAL_REFNOEXT[]", "A-1")], none(Unchanged::Renewal)),
        (
            &[("ORDERSTATUS", "PENDING"), ("ORIGINAL_REFNOEXT[]", ""), ("ORIGINAL_REFNOEXT[]", "A-1")],
            none(Unchanged::Renewal),
        ),
        (&[("ORDERSTATUS", "COMPLETE"), ("TEST_ORDER", "1")], none(Unchanged::TestOrder)),
        (&[("ORDERSTATUS", "COMPLETE"), ("TEST_ORDER", "0")], Meaning::Ordered),
    ];
    for (fields, expected) in cases {
        let outgoing = fields.iter().fold(OutgoingNotification::new(), |all, (name, value)| all.field(name, value));
        let body = outgoing.signed(&credentials(), SignatureAlgorithm::Sha256);
        assert_eq!(verifier().verify(body.as_bytes()).unwrap().meaning(), *expected, "{fields:?}");
    }
}

#[test]
fn test_orders_count_where_the_merchant_says_so() {
    let body = OutgoingNotification::new().field("ORDERSTATUS", "COMPLETE").field("TEST_ORDER", "1");
    let body = body.signed(&credentials(), SignatureAlgorithm::Sha256);
    let read = verifier().count_test_orders(true).verify(body.as_bytes()).unwrap();
    assert_eq!((read.meaning(), read.order_status()), (Meaning::Ordered, OrderStatus::Complete));
}

#[test]
fn no_debug_output_holds_a_secret_or_what_a_buyer_typed() {
    let read = verify(&verifier(), &format!("&SIGNATURE_SHA2_256={SHA256}")).unwrap();
    let outgoing = OutgoingNotification::new().field("CUSTOMEREMAIL", "zoe@example.com");
    let shown = format!("{:?} {read:?} {outgoing:?}", verifier());
    assert!(!shown.contains("zoe") && !shown.contains("AABB") && !shown.contains("Zo"), "{shown}");
}
