//! Every page in every state, in both languages: what must hold for all of them.
#![expect(
    clippy::expect_used,
    reason = "made-up data; a page that does not render fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};

use smartlinks_server::page::i18n::Locale;
use smartlinks_server::page::views::{
    AuthError, ConnectionState, OrderStage, ProblemKind, ProductSort, Tab,
};

#[path = "../examples/preview/samples.rs"]
mod samples;

const HOSTILE: samples::Upstream = samples::Upstream {
    text: r#"<script>alert(1)</script>"'"#,
    name: r#"<script>alert(1)</script>"'"#,
    said: r#"<script>alert(1)</script>"'"#,
    link: "javascript:alert(1)",
    picture: "javascript:alert(2)//",
};

struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

/// The opening tags of a document, read as a browser would.
fn tags(document: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = document;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest
            .find(|letter: char| letter.is_whitespace() || "/>".contains(letter))
            .unwrap_or(rest.len());
        let mut tag = Tag {
            name: rest[..end].to_ascii_lowercase(),
            attributes: BTreeMap::new(),
        };
        rest = &rest[end..];
        loop {
            rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
            let Some(end) =
                rest.find(|letter: char| letter.is_whitespace() || "=/>".contains(letter))
            else {
                break;
            };
            if end == 0 {
                break;
            }
            let name = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            let value = match rest.strip_prefix("=\"") {
                Some(quoted) => {
                    let end = quoted.find('"').expect("a closing quote");
                    rest = &quoted[end + 1..];
                    quoted[..end].to_owned()
                }
                None => String::new(),
            };
            assert!(
                tag.attributes.insert(name.clone(), value).is_none(),
                "{name} twice in <{}>",
                tag.name
            );
        }
        tags.push(tag);
    }
    tags
}

fn all_pages(upstream: samples::Upstream) -> Vec<samples::Page> {
    Locale::ALL
        .into_iter()
        .flat_map(|locale| samples::pages(locale, upstream))
        .collect()
}

fn page<'a>(pages: &'a [samples::Page], name: &str) -> &'a str {
    &pages
        .iter()
        .find(|(known, _)| known == name)
        .expect("a page of that name")
        .1
}

#[test]
fn text_of_others_stays_text_everywhere() {
    let harmless = all_pages(samples::USUAL);
    let hostile_text = samples::Upstream {
        text: HOSTILE.text,
        name: HOSTILE.name,
        said: HOSTILE.said,
        ..samples::USUAL
    };
    for ((name, document), (_, usual)) in all_pages(hostile_text).iter().zip(&harmless) {
        assert!(!document.contains("<script>"), "{name}");
        assert!(!document.contains(HOSTILE.text), "{name}");
        let shape = |document: &str| -> Vec<String> {
            tags(document)
                .into_iter()
                .map(|tag| {
                    format!(
                        "{} {:?}",
                        tag.name,
                        tag.attributes.keys().collect::<Vec<_>>()
                    )
                })
                .collect()
        };
        assert!(
            shape(document) == shape(usual),
            "{name}: foreign text changed the structure"
        );
        let theirs = [
            samples::USUAL.text,
            samples::USUAL.name,
            samples::USUAL.said,
        ];
        if theirs.iter().any(|text| usual.contains(text)) {
            let escaped = document.contains("&#60;script&#62;alert(1)");
            assert!(escaped, "{name}: the text is shown as it is");
        }
    }
}

#[test]
fn links_and_pictures_of_others_are_web_addresses_or_nothing() {
    for (name, document) in all_pages(HOSTILE) {
        for tag in tags(&document) {
            for attribute in ["href", "src", "action"] {
                let Some(value) = tag.get(attribute) else {
                    continue;
                };
                let ours = value.is_empty() || value.starts_with(['/', '#']);
                assert!(ours, "{name}: {attribute}={value}");
            }
        }
    }
    let usual = samples::pages(Locale::En, samples::USUAL);
    assert!(page(&usual, "products-results.en").contains(samples::USUAL.link));
    for (name, document) in usual {
        for tag in tags(&document)
            .iter()
            .filter(|tag| tag.get("href").is_some_and(|to| to.starts_with("http")))
        {
            assert!(
                tag.get("rel")
                    .is_some_and(|rel| rel.contains("noopener") && rel.contains("noreferrer")),
                "{name}"
            );
        }
    }
}

#[test]
fn nothing_on_a_page_needs_more_than_the_strict_policy() {
    for (name, document) in all_pages(samples::USUAL) {
        for tag in tags(&document) {
            assert!(
                tag.name != "style" && tag.name != "iframe" && tag.name != "base",
                "{name}: <{}>",
                tag.name
            );
            assert!(
                tag.get("style").is_none(),
                "{name}: inline style in <{}>",
                tag.name
            );
            let handler = tag
                .attributes
                .keys()
                .find(|attribute| attribute.starts_with("on"));
            assert!(handler.is_none(), "{name}: {handler:?}");
            if tag.name == "script" {
                assert!(
                    tag.get("src")
                        .is_some_and(|src| src.starts_with("/assets/app.")),
                    "{name}"
                );
                assert_eq!(tag.get("type"), Some("module"), "{name}");
            }
        }
    }
}

#[test]
fn every_page_can_be_read_without_eyes_and_without_a_mouse() {
    for (name, document) in all_pages(samples::USUAL) {
        let tags = tags(&document);
        let count = |wanted: &str| tags.iter().filter(|tag| tag.name == wanted).count();
        assert_eq!(count("h1"), 1, "{name}: one heading says what the page is");
        assert_eq!(count("main"), 1, "{name}");
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(
            ids.len(),
            unique.len(),
            "{name}: an id stands twice: {ids:?}"
        );
        assert!(
            document.contains(r##"<a class="skip" href="#main">"##),
            "{name}"
        );
        assert!(unique.contains("said"), "{name}: somewhere to announce");
        let labelled: BTreeSet<&str> = tags
            .iter()
            .filter(|tag| tag.name == "label")
            .filter_map(|tag| tag.get("for"))
            .collect();
        for tag in &tags {
            for attribute in ["for", "aria-labelledby", "aria-describedby"] {
                for id in tag
                    .get(attribute)
                    .into_iter()
                    .flat_map(str::split_whitespace)
                {
                    let known = unique.contains(id) || id == "ask-title";
                    assert!(known, "{name}: {attribute} names {id}");
                }
            }
            for id in tag
                .get("data-swap")
                .into_iter()
                .flat_map(str::split_whitespace)
            {
                assert!(unique.contains(id), "{name}: data-swap names {id}");
            }
            match tag.name.as_str() {
                "img" => assert!(tag.get("alt").is_some(), "{name}: a picture without words"),
                "input" if tag.get("type") == Some("hidden") => {}
                "input" | "select" | "textarea" => {
                    assert!(
                        tag.get("id").is_some_and(|id| labelled.contains(id)),
                        "{name}: a field without a label"
                    );
                }
                _ => {}
            }
            if tag.attributes.contains_key("data-live") {
                assert!(tag.get("id").is_some(), "{name}: a live part without an id");
            }
        }
    }
}

#[test]
fn every_page_says_its_language_and_offers_the_other() {
    for locale in Locale::ALL {
        for (name, document) in samples::pages(locale, samples::USUAL) {
            assert!(
                document.contains(&format!(r#"<html lang="{}">"#, locale.code())),
                "{name}"
            );
            if !name.starts_with("callback") {
                for other in Locale::ALL {
                    assert!(
                        document.contains(&format!("lang={}\"", other.code())),
                        "{name}"
                    );
                }
            }
        }
    }
    let english = samples::pages(Locale::En, samples::USUAL);
    for ((name, document), (_, other)) in english
        .iter()
        .zip(samples::pages(Locale::Fr, samples::USUAL))
    {
        assert_ne!(*document, other, "{name}");
    }
}

#[test]
fn the_sandbox_is_named_on_every_page_that_runs_on_it() {
    for (name, document) in all_pages(samples::USUAL) {
        let said = document.contains(r#"<p class="sandbox" role="note">"#);
        assert_eq!(said, !name.starts_with("sign-in"), "{name}");
    }
}

#[test]
fn the_four_tabs_are_links_and_the_current_one_says_so() {
    let pages = samples::pages(Locale::En, samples::USUAL);
    for (name, tab) in [
        ("overview-well.en", Tab::Overview),
        ("authentication-first.en", Tab::Authentication),
        ("disconnect.en", Tab::Authentication),
        ("product-plain.en", Tab::Products),
        ("order-shipped.en", Tab::Orders),
    ] {
        let tags = tags(page(&pages, name));
        let current: Vec<_> = tags
            .iter()
            .filter(|tag| tag.get("aria-current") == Some("page"))
            .filter_map(|tag| tag.get("href"))
            .collect();
        assert_eq!(current, [tab.href()], "{name}");
        for tab in Tab::ALL {
            assert!(
                tags.iter()
                    .any(|tag| tag.name == "a" && tag.get("href") == Some(tab.href())),
                "{name}"
            );
        }
    }
}

#[test]
fn the_first_authorization_is_one_button_with_its_agreed_words() {
    for (locale, label) in [
        (Locale::En, "Authorize SmartLinks with AliExpress"),
        (Locale::Fr, "Autoriser SmartLinks avec AliExpress"),
    ] {
        let pages = samples::pages(locale, samples::USUAL);
        let document = page(&pages, &format!("authentication-first.{}", locale.code()));
        let form = r#"<form method="post" action="/aliexpress/authentication/authorize">"#;
        assert!(document.contains(&format!(
            r#"{form}<button class="btn primary">{label}</button>"#
        )));
        let unset = page(
            &pages,
            &format!("authentication-not-configured.{}", locale.code()),
        );
        assert!(
            !unset.contains(label),
            "without keys there is nothing to press"
        );
        assert!(unset.contains("ALIEXPRESS_APP_KEY") && unset.contains("ALIEXPRESS_APP_SECRET"));
    }
}

#[test]
fn every_refusal_has_its_own_words_in_both_languages() {
    for locale in Locale::ALL {
        let pages = samples::pages(locale, samples::USUAL);
        let mut words = BTreeSet::new();
        for slug in samples::AUTH_SLUGS {
            let name = format!(
                "authentication-refused-{}.{}",
                slug.replace('_', "-"),
                locale.code()
            );
            let document = page(&pages, &name);
            let alert = document.split(r#"role="alert""#).nth(1).expect("an alert");
            let what = alert
                .split(r#"<p class="what">"#)
                .nth(1)
                .and_then(|rest| rest.split("</p>").next());
            assert!(
                words.insert(what.expect("words").to_owned()),
                "{slug}: the words stand twice"
            );
            assert!(
                alert.contains(samples::USUAL.said),
                "{slug}: what AliExpress says is quoted"
            );
            assert!(
                alert.contains("InvalidCode"),
                "{slug}: the gateway's code is shown"
            );
        }
    }
    for slug in samples::AUTH_SLUGS {
        assert_eq!(AuthError::from_slug(slug).slug(), slug);
    }
}

/// What the handlers have to take: method, action and the fields sent, ids replaced by `{id}`.
#[test]
fn forms_send_exactly_what_the_handlers_take() {
    let mut forms = BTreeSet::new();
    for (_, document) in all_pages(samples::USUAL) {
        for form in document.split("<form ").skip(1) {
            let inner = form.split("</form>").next().unwrap_or_default();
            let opening = tags(&format!("<form {inner}"));
            let (form, fields) = opening.split_first().expect("the form itself");
            let mut names: Vec<&str> = fields.iter().filter_map(|tag| tag.get("name")).collect();
            // A field that is sent once for each thing that is ticked.
            let mut seen = BTreeSet::new();
            names.retain(|name| seen.insert(*name));
            // Lines of a table, each with the same fields.
            let mut names = names.join(",");
            for (line, lines) in [
                ("up_to,percent,plus", "steps"),
                ("sku,was_code,was_sold,code,sold", "variants"),
            ] {
                names = names.replacen(line, lines, 1);
            }
            let action = form.get("action").unwrap_or("(this page)");
            let path: Vec<&str> = action
                .split('/')
                .map(|part| {
                    if part.starts_with("conn_")
                        || part.starts_with("intent_")
                        || part.starts_with("link_")
                        || part.starts_with("op_")
                        || part.starts_with("key_")
                        || part.starts_with("wh_")
                        || part.starts_with("msg_")
                        || ["prod_", "rule_", "run_", "imp_"]
                            .iter()
                            .any(|kind| part.starts_with(kind))
                        || part.starts_with(['1', '8'])
                    {
                        "{id}"
                    } else {
                        part
                    }
                })
                .collect();
            let method = form.get("method").expect("a method");
            forms.insert(format!("{method} {} {}", path.join("/"), names));
        }
    }
    let expected = [
        "get /aliexpress/affiliate/hot q,tracking_id",
        "get /aliexpress/affiliate/orders from,until,state",
        "get /aliexpress/audit action,connection,actor",
        "get /aliexpress/catalogue q,label,availability",
        "get /aliexpress/catalogue q,label,availability,state",
        "get /aliexpress/catalogue/export price_currency,format",
        "get /aliexpress/orders number",
        "get /aliexpress/products q,category,sort,free",
        "get /aliexpress/products/{id} sku,quantity,ship_to,currency",
        "post (this page) ",
        "post /aliexpress/affiliate tracking_id,sources,hot",
        "post /aliexpress/authentication/authorize ",
        "post /aliexpress/authentication/authorize connection",
        "post /aliexpress/authentication/code code",
        "post /aliexpress/authentication/connections/{id}/default ",
        "post /aliexpress/authentication/connections/{id}/disconnect ",
        "post /aliexpress/authentication/connections/{id}/label label",
        "post /aliexpress/authentication/connections/{id}/refresh ",
        "post /aliexpress/authentication/connections/{id}/replace ",
        "post /aliexpress/catalogue/dry-run rule,q,label,state",
        "post /aliexpress/catalogue/imports text,file,labels,rule,connection",
        "post /aliexpress/catalogue/imports/feed feed,most,labels,connection",
        "post /aliexpress/catalogue/imports/{id}/cancel ",
        "post /aliexpress/catalogue/imports/{id}/resume ",
        "post /aliexpress/catalogue/rates from,to,rate",
        "post /aliexpress/catalogue/rates/USD/EUR/remove ",
        "post /aliexpress/catalogue/rules name,currency,steps,min_profit,min_margin,every,ending,default",
        "post /aliexpress/catalogue/rules/{id} name,currency,steps,min_profit,min_margin,every,ending,default",
        "post /aliexpress/catalogue/rules/{id}/delete ",
        "post /aliexpress/catalogue/runs/{id}/again ",
        "post /aliexpress/catalogue/runs/{id}/apply ",
        "post /aliexpress/catalogue/{id} was_title,was_state,was_labels,was_rule,title,state,labels,rule",
        "post /aliexpress/catalogue/{id} was_title,was_state,was_labels,was_rule,title,state,labels,rule,variants",
        "post /aliexpress/catalogue/{id}/check ",
        "post /aliexpress/catalogue/{id}/price sku,amount,price_currency,deed",
        "post /aliexpress/catalogue/{id}/refresh ",
        "post /aliexpress/catalogue/{id}/relist ",
        "post /aliexpress/catalogue/{id}/remove ",
        "post /aliexpress/catalogue/{id}/repair sku,with",
        "post /aliexpress/catalogue/{id}/unsell sku",
        "post /aliexpress/drift/policies cost_up,cost_up_above,cost_down,cost_down_above,sold_out,stock,sku_gone,sku_back,sku_added,unavailable,on_sale",
        "post /aliexpress/keys name,read,token,call,order,admin,days",
        "post /aliexpress/keys/{id}/revoke ",
        "post /aliexpress/links label",
        "post /aliexpress/links label,connection",
        "post /aliexpress/links/{id}/revoke ",
        "post /aliexpress/operators name",
        "post /aliexpress/operators/password current,password,again",
        "post /aliexpress/operators/sessions/end-others ",
        "post /aliexpress/operators/sessions/{id}/end ",
        "post /aliexpress/operators/{id}/link ",
        "post /aliexpress/orders/batch csv,file,connection,go_on,look",
        "post /aliexpress/orders/batch from,seen,order,csv,file,connection,go_on,look",
        "post /aliexpress/orders/import order_id,connection",
        "post /aliexpress/orders/intents/{id}/not-placed ",
        "post /aliexpress/orders/intents/{id}/placed order_ids",
        "post /aliexpress/orders/new key,preview,seen,product,sku,quantity,delivery,expected,memo,country,contact_person,address,address2,\
         zip,city,province,phone_country,mobile_no,full_name,tax_number,cpf,rut_no,vat_no,tax_company,passport_no,\
         passport_no_date,passport_organization,foreigner_passport_no,nat_addr,is_foreigner,max_total,max_drift,max_days,\
         min_margin,sale_price,connection,pay",
        "post /aliexpress/orders/new key,product,sku,quantity,delivery,expected,memo,country,contact_person,address,address2,\
         zip,city,province,phone_country,mobile_no,full_name,tax_number,cpf,rut_no,vat_no,tax_company,passport_no,\
         passport_no_date,passport_organization,foreigner_passport_no,nat_addr,is_foreigner,max_total,max_drift,max_days,\
         min_margin,sale_price,connection,pay",
        "post /aliexpress/orders/new key,product,sku,quantity,delivery,expected,memo,country,contact_person,address,address2,\
         zip,city,province,phone_country,mobile_no,full_name,tax_number,cpf,rut_no,vat_no,tax_company,passport_no,\
         passport_no_date,passport_organization,foreigner_passport_no,nat_addr,is_foreigner,max_total,max_drift,max_days,\
         min_margin,sale_price,connection,pay,accept",
        "post /aliexpress/orders/{id}/refresh ",
        "post /aliexpress/products/by-picture picture",
        "post /aliexpress/products/market ship_to,currency,language,back",
        "post /aliexpress/products/{id}/import ship_to,currency,add,labels",
        "post /aliexpress/sign-in name,password,return_to",
        "post /aliexpress/sign-in/link token,name,password,again",
        "post /aliexpress/sign-in/link token,password,again",
        "post /aliexpress/sign-out ",
        "post /aliexpress/webhooks url,description,events",
        "post /aliexpress/webhooks/{id} url,description,events",
        "post /aliexpress/webhooks/{id}/delete ",
        "post /aliexpress/webhooks/{id}/deliveries/{id}/resend ",
        "post /aliexpress/webhooks/{id}/disable ",
        "post /aliexpress/webhooks/{id}/enable ",
        "post /aliexpress/webhooks/{id}/rotate-secret ",
        "post /aliexpress/webhooks/{id}/test ",
    ];
    assert_eq!(
        forms.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

/// What takes the place of a variant decides for every order to come: the page chooses nothing that was not proposed.
#[test]
fn a_variant_without_a_proposal_is_chosen_by_the_person() {
    let (mut proposed, mut open) = (0, 0);
    for (name, document) in all_pages(samples::USUAL) {
        for select in document.split(r#"name="with""#).skip(1) {
            let select = select.split("</select>").next().unwrap_or_default();
            match select.contains(" selected") {
                true => proposed += 1,
                false => {
                    assert!(
                        select.starts_with(r#" required><option value="">"#),
                        "{name}: {select}"
                    );
                    open += 1;
                }
            }
        }
    }
    assert!(proposed > 0 && open > 0, "{proposed} and {open}");
}

#[test]
fn both_clocks_stand_on_every_connected_account() {
    let pages = samples::pages(Locale::En, samples::USUAL);
    for name in ["overview-well.en", "authentication-reconnected.en"] {
        let document = page(&pages, name);
        assert!(
            document.contains("Works until") && document.contains("Sign in again by"),
            "{name}"
        );
        assert!(
            document.contains(r#"<time datetime="2027-01-22T12:00:00Z">in 60 days</time>"#),
            "{name}"
        );
        assert!(document.contains("22 January 2027, 12:00 UTC"), "{name}");
    }
    assert!(
        page(&pages, "overview-well.en").contains("Everything works. Next sign-in by 22 January.")
    );
    let french = samples::pages(Locale::Fr, samples::USUAL);
    let answer = "Tout fonctionne. Prochaine connexion avant le 22 janvier.";
    assert!(page(&french, "overview-well.fr").contains(answer));
}

#[test]
fn a_trouble_always_offers_a_way_on() {
    let pages = samples::pages(Locale::En, samples::USUAL);
    for name in [
        "products-trouble.en",
        "products-stale.en",
        "product-trouble.en",
        "product-freight-trouble.en",
    ] {
        let document = page(&pages, name);
        assert!(document.contains("Try again</a>"), "{name}");
        assert!(
            document.contains(r#"data-copy="2101fake17640000000040""#),
            "{name}"
        );
    }
    assert!(page(&pages, "products-stale.en").contains("This is the last known answer"));
    assert!(page(&pages, "order-trouble.en").contains("The database failed."));
}

#[test]
fn codes_of_the_gateway_find_their_explanation() {
    for (code, kind) in [
        ("IllegalAccessToken", ProblemKind::Reauthorize),
        ("isp.something", ProblemKind::GatewayDown),
        ("isv.insufficient-permission", ProblemKind::OtherAccount),
        ("InvalidAppkey", ProblemKind::AppKey),
        ("not_awaiting_person", ProblemKind::Overtaken),
        ("idempotency_key_used", ProblemKind::Overtaken),
        ("unknown_price_rule", ProblemKind::Overtaken),
        ("too_many_attempts", ProblemKind::TooManyAttempts),
        ("never seen", ProblemKind::Unknown),
    ] {
        assert_eq!(ProblemKind::from_code(code), kind, "{code}");
    }
}

#[test]
fn values_in_addresses_are_read_back() {
    for stage in OrderStage::ALL {
        assert_eq!(OrderStage::from_value(stage.value()), Some(stage));
    }
    assert_eq!(OrderStage::from_value("nonsense"), None);
    assert_eq!(OrderStage::from_gateway("FINISH", true), OrderStage::Closed);
    assert_eq!(
        OrderStage::from_gateway("FINISH", false),
        OrderStage::Finished
    );
    assert_eq!(ProductSort::from_value("price_asc"), ProductSort::PriceUp);
    assert_eq!(ProductSort::from_value("nonsense"), ProductSort::Orders);
    assert_ne!(ConnectionState::Active, ConnectionState::Expiring);
}

#[test]
fn every_chart_has_the_same_numbers_as_a_table() {
    let pages = samples::pages(Locale::En, samples::USUAL);
    let document = page(&pages, "overview-attention.en");
    for (chart, summary) in [
        ("chart-calls", "5,800 went well, 23 failed"),
        ("chart-refreshes", "849 went well, 11 failed"),
    ] {
        let (_, figure) = document
            .split_once(&format!("id=\"{chart}\""))
            .expect("a chart");
        let (figure, _) = figure.split_once("</figure>").expect("an end");
        assert!(figure.contains(summary), "{figure}");
        assert!(figure.contains("role=\"img\""), "{figure}");
        assert_eq!(
            figure.matches("<tr><th scope=\"row\">").count(),
            24,
            "{figure}"
        );
    }
}

#[test]
fn the_call_budget_is_drawn_and_has_a_table_behind() {
    for (locale, words) in [
        (
            Locale::En,
            [
                "475 of 1,000 per second",
                "Divided among all instances",
                "not documented",
            ],
        ),
        (
            Locale::Fr,
            [
                "475 sur 1\u{202f}000 par seconde",
                "Partagés entre toutes",
                "non documenté",
            ],
        ),
    ] {
        let pages = samples::pages(locale, samples::USUAL);
        let document = page(&pages, &format!("overview-attention.{}", locale.code()));
        let (_, section) = document.split_once("id=\"budget\"").expect("a section");
        let (section, _) = section.split_once("</section>").expect("an end");
        for words in words {
            assert!(section.contains(words), "{words}: {section}");
        }
        let (_, chart) = section.split_once("id=\"chart-budget\"").expect("a chart");
        let (_, table) = chart.split_once("<details>").expect("a table");
        // What is used is drawn; the table has everything.
        assert_eq!(chart.matches("<rect class=\"whole\"").count(), 1, "{chart}");
        assert!(
            chart.contains("class=\"well\" x=\"0\" y=\"20\" width=\"133\""),
            "{chart}"
        );
        assert_eq!(
            table.matches("<tr><th scope=\"row\">").count(),
            4,
            "{table}"
        );
    }
}
