//! Fields among their neighbours: `label > path`, a line a field; `# heading`, `form 2`.

use super::*;

/// Reads a page, and holds what is found against what stands behind each `>`: a path without `BillingDetails.`, `-` for
/// none, `!` for forbidden.
fn check(page: &str) {
    let (mut heading, mut form) = ("", "1");
    let mut fields = Vec::new();
    let mut wanted = Vec::new();
    for line in page.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix("# ") {
            heading = text;
        } else if let Some(number) = line.strip_prefix("form ") {
            form = number;
        } else {
            let (label, path) = line.split_once(" > ").unwrap();
            let (kind, label) = label.split_once(": ").unwrap_or(("text", label));
            let tag = if kind == "select" { "select" } else { "input" };
            let kind = if kind == "select" { "" } else { kind };
            fields.push(Field { tag, kind, label, sections: heading, form, ..Field::default() });
            wanted.push(path);
        }
    }
    for ((field, found), wanted) in fields.iter().zip(recognise(&fields)).zip(wanted) {
        let path = found.target.map(|target| target.name());
        let shown = match (&path, found.source) {
            (Some(path), _) => path.strip_prefix("BillingDetails.").unwrap_or(path),
            (None, Source::Forbidden) => "!",
            (None, _) => "-",
        };
        assert_eq!(shown, wanted, "{}: {}", field.label, found.reason);
    }
}

#[test]
fn a_name_beside_the_other_half_is_the_missing_one() {
    check("prenom > FirstName\n nom > LastName");
    check("nome > FirstName\n cognome > LastName");
    check("vorname > FirstName\n name > LastName");
    check("nombre > FirstName\n apellidos > LastName");
    check("name > FullName\n e-mail > Email");
    check("nom et prenom > FullName\n nombre y apellidos > FullName");
}

#[test]
fn a_name_in_a_card_group_is_its_holders() {
    check("# payment\n name > !\n card number > !\n mm/yy > !\n cvc > !\n anything > !");
    check("# contact\n name > FullName\n # payment\n card number > !\n name on card > !");
    check("first name > FirstName\n last name > LastName\n card number > !");
}

#[test]
fn streets_in_a_row_are_lines_of_one_address() {
    check("street > Address1\n street > Address2\n street > Address2\n city > City");
    check("strasse und hausnummer > Address1\n adresszusatz > Address2\n plz > Zip\n ort > City");
    check("straat > Address1\n huisnummer > HouseNumber\n toevoeging > Address2");
}

#[test]
fn blocks_come_from_headings_and_from_order() {
    check(
        "# billing address\n street > Address1\n city > City\n zip > Zip\n
         # shipping address\n street > DeliveryDetails.Address1\n city > DeliveryDetails.City\n zip > DeliveryDetails.Zip",
    );
    check(
        "full name > FullName\n street > Address1\n city > City\n full name > DeliveryDetails.FullName\n street > DeliveryDetails.Address1\n city > DeliveryDetails.City",
    );
    check("# lieferadresse\n strasse > Address1\n ort > City\n plz > Zip");
}

#[test]
fn strangers_stay_out_where_the_shopper_is_at_home() {
    check(
        "form 1\n e-mail > Email\n street > Address1\n city > City\n form 2\n # newsletter\n your e-mail > -\n
         form 3\n # log in\n e-mail > -\n password: password > !",
    );
    check("# newsletter\n your e-mail > Email");
}

#[test]
fn a_pin_is_a_postal_code_among_places_alone() {
    check("city > City\n pin code > Zip\n state > State");
    check("enter your pin > !");
}

#[test]
fn codes_are_secrets_but_for_those_of_places_and_taxes() {
    check(
        "verification code > !\n postal code > Zip\n country code > CountryCode\n codice fiscale > FiscalCode\n kod pocztowy > Zip",
    );
    check("sms-code > !\n codigo de verificacion enviado a tu movil > !");
}

#[test]
fn a_select_is_what_its_options_are() {
    let select = |label, options| Field { tag: "select", label, options, ..Field::default() };
    let found = recognise(&[
        select("region", "choose\nafghanistan\nalbania"),
        select("state", "alabama\nalaska"),
        select("", "germany (+49)\nfrance (+33)"),
        select("saved addresses", "home\nwork"),
    ]);
    let paths: Vec<_> = found.iter().map(|found| found.target.map(Target::name)).collect();
    let wanted =
        [Some("BillingDetails.CountryCode"), Some("BillingDetails.State"), Some("BillingDetails.PhonePrefix"), None];
    assert_eq!(paths, wanted.map(|path| path.map(str::to_owned)));
}

#[test]
fn one_character_boxes_in_a_row_are_a_code() {
    let one = Field { tag: "input", kind: "text", max_length: "1", label: "digit", ..Field::default() };
    assert!(recognise(&[one; 6]).iter().all(|found| found.source == Source::Forbidden));
    let initial = Field { label: "first name", ..one };
    assert_eq!(recognise(&[initial]).remove(0).target, None);
}
